import type { DeviceView } from '../../../lib/profile/status/device-view.ts'
import { endings } from '../devices.ts'
import { devicesOf, type Evidence, type Kept, type Violation } from '../evidence.ts'

/** States are true: `submitted` names accepted ids, and states that claim that nothing ran are right. */
export function checkStates({ kept, acceptances, callbacks }: Evidence): Violation[] {
  const accepted = new Map(acceptances.map((acceptance) => [acceptance.id, acceptance]))
  const spoken = new Set(callbacks.map(({ requestId }) => requestId))
  const ofOrder = Map.groupBy(acceptances, ({ entry }) => entry)
  return kept.flatMap((stored) =>
    stored.submissions.flatMap((submission): Violation[] => {
      const { state, upstreamRequestIds, adopted = [] } = submission
      const fail = (what: string): Violation => ({
        invariant: 'honest',
        what: `submission ${submission.submission} is ${state} ${what}`,
        entry: stored.entry,
        ids: [stored.request.requestId, ...upstreamRequestIds],
      })
      const unknown = upstreamRequestIds.filter(
        // A callback of another system that names the device of a lost response cannot be told from its own.
        (id) => !accepted.has(id) && !(adopted.includes(id) && spoken.has(id)),
      )
      const violations = unknown.map((id) => fail(`and names ${id}, which ThingSpace never accepted`))
      if (state === 'submitted' && upstreamRequestIds.length === 0) violations.push(fail('without an upstream id'))
      if (state === 'rejected' || state === 'exhausted' || state === 'cancelled' || state === 'queued') {
        const devices = new Set(devicesOf(stored, submission))
        const ran = ofOrder.get(stored.entry)?.filter(({ deviceIds }) => deviceIds.some((id) => devices.has(id))) ?? []
        violations.push(...ran.map(({ id }) => fail(`although ThingSpace accepted ${id}`)))
      }
      return violations
    }),
  )
}

/**
 * The status that a caller sees for each device is correct. An exception is a submission that adopted a callback of
 * another request: two requests for one device on one account look the same.
 */
export function checkDevices(
  stored: Kept,
  shown: readonly Pick<DeviceView, 'position' | 'status' | 'submission'>[],
  isAccepted: (upstreamRequestId: string) => boolean,
): Violation[] {
  const { request, submissions, entry } = stored
  return shown.flatMap(({ position, status, submission: number }): Violation[] => {
    const submission = submissions.find((each) => each.submission === number)
    const ending = entry.order.devices[position]?.ending ?? ''
    if (submission?.state !== 'submitted' || !submission.upstreamRequestIds.every(isAccepted)) return []
    if (endings[ending]?.includes(status) !== false) return []
    const what = `device ${position} (${ending}) is shown as ${status}`
    return [{ invariant: 'true results', what, entry, ids: [request.requestId, ...submission.upstreamRequestIds] }]
  })
}
