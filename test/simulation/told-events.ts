import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import { isFinalDevice, isFinalRequest } from '../../lib/profile/request/states.ts'
import { Violation } from './violation.ts'
import { orderOf, statusOfByte } from './watch.ts'
import type { World } from './world.ts'

/**
 * Events are published at least once with increasing numbers: a listener learns the end of every device and request.
 */
export function checkEvents({ events, watch }: World, requests: readonly ProfileRequest[]): void {
  const byId = new Map<string, (typeof events)[number]>()
  for (const event of events) {
    // An order whose key is used again after its expiry has the request id of the order before it.
    if ('requestId' in event && event.at < watch.begunAt(event.requestId)) continue
    const known = byId.get(event.id)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(event))
      throw new Violation('I6 idempotent', `event ${event.id} came with two contents`)
    byId.set(event.id, event)
  }
  for (const request of requests) {
    const { requestId, summary, deviceCount } = request
    const own = events.flatMap((event) =>
      'requestId' in event && event.requestId === requestId && event.at >= watch.begunAt(requestId) ? [event] : [],
    )
    if (
      isFinalRequest(summary.status) &&
      !own.some(({ type, status }) => type === 'request.completed' && status === summary.status)
    ) {
      throw new Violation('I4 no lost callback', `no event says that ${requestId} is ${summary.status}`)
    }
    checkNeverOtherwise(requestId, own, (watch.decisions.get(orderOf(request)) ?? 0) > 0)
    const latest = new Map<number | undefined, (typeof own)[number]>()
    for (const event of own)
      if ((latest.get(event.position)?.sequence ?? -1) < event.sequence) latest.set(event.position, event)
    for (let position = 0; position < deviceCount; position += 1) {
      const status = statusOfByte(summary.deviceStates[position] ?? 0)
      if (!isFinalDevice(status)) continue
      const told = latest.get(position)
      if (told?.status !== status) {
        throw new Violation(
          'I4 no lost callback',
          `listeners think device ${position} of ${requestId} is ${told?.status}, not ${status}`,
        )
      }
    }
  }
}

/** I11: an event never contradicts an earlier final event, except after `expired` and after a new decision. */
function checkNeverOtherwise(requestId: string, own: readonly World['events'][number][], isDecided: boolean): void {
  const told = new Map<number, string>()
  for (const event of own.toSorted((a, b) => sequenceOf(a) - sequenceOf(b))) {
    if (!('position' in event) || event.position === undefined) continue
    const before = told.get(event.position)
    told.set(event.position, event.status)
    if (before === undefined || before === event.status || before === 'expired') continue
    if (before === 'failed' && isDecided) continue
    throw new Violation(
      'I11 final',
      `listeners were told that device ${event.position} of ${requestId} is ${before}, and then ${event.status}`,
    )
  }
}

const sequenceOf = (event: World['events'][number]): number => ('sequence' in event ? event.sequence : 0)
