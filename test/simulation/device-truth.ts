import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Submission } from '../../lib/profile/request/submission.ts'
import { verdictOf } from './callback-bodies.ts'
import { subjectNamed } from './cards.ts'
import { subjectAt } from './orders.ts'
import { settling } from './scenario.ts'
import { Violation } from './violation.ts'
import { orderOf, statusOfByte } from './watch.ts'
import type { Taken, World } from './world.ts'

/** The status that a device must have, computed from what ThingSpace did and sent, without the gateway's summary. */
export function checkDevice(
  world: World,
  request: ProfileRequest,
  submissions: readonly Submission[],
  position: number,
): void {
  const byte = request.summary.deviceStates[position] ?? 0
  const status = statusOfByte(byte)
  const submission = submissions.find(
    ({ firstDevice, deviceCount }) => position >= firstDevice && position < firstDevice + deviceCount,
  )
  const name = `device ${position} of ${request.requestId} (${submission?.state ?? 'never created'})`
  const expect = (allowed: readonly string[], conflict = false): void => {
    if (!allowed.includes(status))
      throw new Violation('I4 no lost callback', `${name} is ${status}, not ${allowed.join(' or ')}`)
    if (byte >= 0x80 !== conflict) throw new Violation('I5 monotone', `${name}: conflict is ${byte >= 0x80}`)
  }
  switch (submission?.state) {
    case undefined:
      return expect(['cancelled'])
    case 'submitted': {
      const { own, others, isClear } = verdictsOf(world, request, submission.upstreamRequestIds, position)
      if (!isClear) {
        if ([...own, ...others].includes(status as Final)) return
        return expect([...own, ...others])
      }
      // A result from a status call is stored like a callback, unless a callback arrived first.
      if (own.size + others.size === 0 && submission.upstreamRequestIds.some((id) => world.thingSpace.asked.has(id))) {
        return expect(['succeeded', 'expired'])
      }
      const first =
        isOrderly(world) && own.size > 1 ? firstOf(world, request, submission.upstreamRequestIds, position) : undefined
      if (first !== undefined) return expect([first], true)
      const finals = own.size > 0 ? own : others
      return expect(finals.size === 0 ? ['expired'] : [...finals], finals.size > 1)
    }
    case 'rejected':
    case 'exhausted':
      return expect(['failed'])
    case 'cancelled':
      return expect(['cancelled'])
    case 'abandoned':
      return expect(['expired'])
    default:
      return expect(['pending'])
  }
}

type Final = 'succeeded' | 'failed' | 'expired'

/** A result for the ordered profile decides if it was stored long enough before the end of `otherProfileSeconds`. */
const margin = 10_000

/**
 * What ThingSpace reported about a device to its account: for the ordered profile, and for other profiles of its
 * card. `isClear` is false if the ordered profile was reported at about the time at which another one decided, or later.
 */
function verdictsOf(world: World, request: ProfileRequest, upstreamRequestIds: readonly string[], position: number) {
  const order = world.watch.placed(orderOf(request))
  const { card, profile } = subjectAt(order, position)
  const own = new Set<Final>()
  const others = new Set<Final>()
  let ownStored = 0
  let otherTaken = Infinity
  for (const id of upstreamRequestIds) {
    for (const taken of world.takenOf(id)) {
      if (taken.card !== card || taken.accountName !== request.accountName || taken.say === 'nonsense') continue
      const verdict = verdictOf[taken.say]
      if (verdict === 'warning') continue
      const isOther = subjectNamed(taken.named)?.profile !== undefined && taken.profile !== profile
      if (isOther && order.kinds.includes('iccid')) {
        others.add(verdict)
        otherTaken = Math.min(otherTaken, taken.at)
      } else {
        own.add(verdict)
        ownStored = Math.max(ownStored, storedAt(world, taken))
      }
    }
  }
  const wait = settling.otherProfileSeconds * 1000
  const isClear = own.size === 0 || others.size === 0 || ownStored < otherTaken + wait - margin
  return { own, others, isClear }
}

/** Without faults, messages are processed in the order in which they arrive. */
const isOrderly = ({ scheduler, scenario: { twice, skew, outage, hangs, rollout } }: World): boolean =>
  scheduler.plan.size === 0 && [twice, skew, outage, hangs, rollout].every((each) => each === undefined)

const apart = 200

/** Which of two final results of one execution arrived first, if one clearly arrived before the other. */
function firstOf(
  world: World,
  request: ProfileRequest,
  upstreamRequestIds: readonly string[],
  position: number,
): Final | undefined {
  const { card, profile } = subjectAt(world.watch.placed(orderOf(request)), position)
  const finals = upstreamRequestIds
    .flatMap((id) => world.takenOf(id))
    .filter((taken) => taken.card === card && taken.profile === profile && taken.accountName === request.accountName)
    .flatMap((taken) => (taken.say === 'nonsense' ? [] : [{ ...taken, verdict: verdictOf[taken.say] }]))
    .filter(({ verdict }) => verdict !== 'warning')
    .toSorted((a, b) => a.at - b.at)
  const [first] = finals
  const next = finals.find(({ verdict }) => verdict !== first?.verdict)
  if (first === undefined || next === undefined || first.verdict === 'warning') return undefined
  const isClear = next.at - first.at >= apart && first.upstreamRequestId === next.upstreamRequestId
  return isClear ? first.verdict : undefined
}

/** The time at which a callback's result was first stored. */
function storedAt({ watch }: World, { upstreamRequestId, accountName, card, profile }: Taken): number {
  let first = Infinity
  for (const key of watch.results.get(upstreamRequestId) ?? []) {
    const item = watch.items.get(key)
    if (item === undefined || item['accountName'] !== accountName) continue
    const named = subjectNamed(item['identifiers'] as unknown as Taken['named'])
    if (named?.card !== card || (named.profile !== undefined && named.profile !== profile)) continue
    first = Math.min(first, watch.storedAt.get(key) ?? Infinity)
  }
  return first
}
