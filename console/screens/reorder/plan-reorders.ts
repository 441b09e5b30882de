import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { Reorder } from '../../api/failures.ts'
import { Request } from '../../api/requests.ts'

/** Which devices of a request to order again. By default those that failed. */
export type ReorderFilter = { statuses?: readonly string[]; codes?: readonly string[] }

/** What a reorder of one request would send. `key` is its Idempotency-Key: sending it twice orders once. */
export type PlannedReorder = {
  requestId: string
  key: string
  count: number
  positions: readonly number[]
  left: Reorder['left']
  failure?: Failure
}

/** What became of a planned reorder. */
export type Sent = { from: string; count: number; requestId?: string; failure?: Failure }

const pathOf = (requestId: string): string => `/v1/requests/${encodeURIComponent(requestId)}/reorder`

/** Asks the gateway what each request would order again. Nothing is stored. */
export async function planReorders(
  requestIds: readonly string[],
  filter: ReorderFilter,
): Promise<readonly PlannedReorder[]> {
  const planned: PlannedReorder[] = []
  for (const requestId of requestIds) {
    const reply = await call(`${pathOf(requestId)}?dryRun=true`, Reorder, { method: 'POST', body: filter })
    const empty = { requestId, key: crypto.randomUUID(), count: 0, positions: [], left: [] }
    if (reply.kind === 'answer') {
      const { deviceCount, devices, left } = reply.value
      planned.push({ ...empty, count: deviceCount, positions: devices.map(({ position }) => position), left })
    } else if (reply.kind === 'failed' && !isNothing(reply.failure)) planned.push({ ...empty, failure: reply.failure })
    else planned.push(empty)
  }
  return planned
}

const isNothing = (failure: Failure): boolean =>
  failure.kind === 'problem' && failure.problem.code === 'nothing-to-reorder'

/** The most positions that one call may name. A larger order is described by its filter alone. */
const mostNamed = 1000

/** Sends one planned reorder: the devices of the plan, not those that failed since. */
export async function sendReorder(
  { requestId, key, count, positions }: PlannedReorder,
  filter: ReorderFilter,
): Promise<Sent> {
  const devices = positions.length === count && count <= mostNamed ? { devices: positions } : {}
  const reply = await call(pathOf(requestId), Request, {
    method: 'POST',
    body: { ...filter, ...devices },
    headers: { 'idempotency-key': key },
  })
  if (reply.kind === 'answer') return { from: requestId, count, requestId: reply.value.requestId }
  return reply.kind === 'failed' ? { from: requestId, count, failure: reply.failure } : { from: requestId, count }
}
