import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Item } from '../fakes/dynamodb/values.ts'
import { Violation } from './violation.ts'
import { statusOfByte } from './watch.ts'
import type { World } from './world.ts'

type Listed = { requestId: string; generation: string; position: number; status: string }

/**
 * At rest, the list of failures has exactly the failed and expired devices of the readable requests, each with its
 * status. A late success or a retry takes its device off the list.
 */
export function checkFailures(world: World, requests: readonly (ProfileRequest & Item)[]): void {
  const { watch } = world
  const listed = new Map<string, Listed>()
  for (const item of watch.items.values()) {
    if (item['entity'] !== 'failure' || item['failure'] === undefined || watch.isPast(item)) continue
    const failure = item['failure'] as unknown as Listed
    if (item['listedUnder'] === undefined) throw new Violation('failures', `${nameOf(failure)} is in no list`)
    listed.set(nameOf(failure), failure)
  }
  for (const { requestId, generation, deviceCount, summary } of requests) {
    for (let position = 0; position < deviceCount; position += 1) {
      const name = nameOf({ requestId, generation, position })
      const status = statusOfByte(summary.deviceStates[position] ?? 0)
      const wanted = status === 'failed' || status === 'expired' ? status : undefined
      const found = listed.get(name)?.status
      if (wanted === undefined && found !== undefined)
        throw new Violation('failures', `${name} is ${status} and still listed as ${found}`)
      if (wanted !== found) throw new Violation('failures', `${name} is ${status} and listed as ${found ?? 'nothing'}`)
    }
  }
}

const nameOf = ({ requestId, generation, position }: Omit<Listed, 'status'>): string =>
  `device ${position} of ${requestId} (${generation})`
