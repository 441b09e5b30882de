import { attempt, fail, ok, unknown } from './finding.ts'
import type { Check } from './sources.ts'

const mend = 'deploy again; the template sets it (deploy/storage.yml)'

/** The table: its state, stream, indexes, expiry and recovery. */
export const checkTable: Check = async ({ describeTable, timeToLive, pointInTimeRecovery }) => [
  ...(await attempt('table', async () => {
    const described = await describeTable().catch(whenMissing)
    if (described === undefined)
      return fail('table', 'does not exist', 'restore it (docs/deploying.md), or deploy again')
    const { status, stream, indexes } = described
    const missing = ['due', 'byAccount'].filter(
      (name) => !indexes.some((index) => index.name === name && index.status === 'ACTIVE'),
    )
    return [
      status === 'ACTIVE' || status === 'UPDATING'
        ? ok('table', `is ${status}`)
        : fail('table', `is ${status}`, 'wait, or restore it'),
      missing.length === 0
        ? ok('table indexes', 'are active')
        : fail('table indexes', `not active: ${missing.join(', ')}`, mend),
      stream === 'NEW_AND_OLD_IMAGES'
        ? ok('table stream', 'has new and old images')
        : fail('table stream', `is ${stream ?? 'off'}: no summary is updated and no event sent`, mend),
    ]
  })),
  ...(await attempt('table expiry', async () => {
    const { status, attribute } = await timeToLive()
    return status === 'ENABLED' && attribute === 'expiresAt'
      ? ok('table expiry', 'deletes items by expiresAt')
      : fail('table expiry', `is ${status}${attribute === undefined ? '' : ` by ${attribute}`}: items stay`, mend)
  })),
  ...(await attempt('table recovery', async () => {
    const status = await pointInTimeRecovery().catch(whenNotOffered)
    if (status === undefined) return unknown('table recovery', 'this DynamoDB has no point-in-time recovery')
    return status === 'ENABLED'
      ? ok('table recovery', 'point-in-time recovery is on')
      : fail('table recovery', `point-in-time recovery is ${status}`, mend)
  })),
]

function whenNotOffered(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== 'UnknownOperationException') throw error
}

function whenMissing(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error
}
