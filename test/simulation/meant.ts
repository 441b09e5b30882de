import { type Named, subjectNamed, subjectOf } from './cards.ts'
import { type Order, subjectAt } from './orders.ts'

/** Whether messages may be about a device that an order names by some kinds, judging by the identifiers they name. */
export type Fit = 'no' | 'other profile' | 'yes'

const without11 = (kind: string): string => (kind === 'msisdn' ? 'mdn' : kind)

/** How a device of an order matches all identifiers in the messages of one execution. */
export function fitOf(named: readonly Named[], order: Order, position: number): Fit {
  const { card, profile } = subjectAt(order, position)
  const ordered = new Set(order.kinds.map(without11))
  let sameCard = false
  let sameProfile = false
  let otherProfile = false
  for (const each of named) {
    const subject = subjectOf(each)
    if (subject?.card !== card) continue
    const kind = without11(each.kind.toLowerCase())
    if (kind !== 'iccid') sameCard ||= ordered.has(kind)
    else if (subject.profile === profile) sameProfile ||= ordered.has('iccid')
    else otherProfile ||= ordered.has('iccid')
  }
  if (sameProfile) return 'yes'
  if (!sameCard) return 'no'
  return otherProfile ? 'other profile' : 'yes'
}

/** The position of the ordered device that some identifiers belong to. A profile that was not ordered has none. */
export function positionIn(named: readonly Named[], order: Order): number | undefined {
  const subject = subjectNamed(named)
  if (subject === undefined) return undefined
  const position = subject.card - order.spec.firstDevice
  if (position < 0 || position >= order.spec.devices) return undefined
  const isOther = subject.profile !== undefined && subject.profile !== (order.spec.profile ?? 0)
  return isOther && order.kinds.includes('iccid') ? undefined : position
}
