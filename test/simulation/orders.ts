import type { ActionName } from '../../lib/profile/order/action-names.ts'
import { account } from '../builders.ts'
import { type Kind, orderDevice, type Subject } from './cards.ts'
import type { RequestSpec } from './scenario.ts'

type Fields = Readonly<Record<string, unknown>>

/** The member that holds the mark of an order in an app's body. No two orders of a world share a mark. */
const markedIn = (action: ActionName): 'carrierName' | 'smsrOid' =>
  action === 'setfallbackattribute' || action === 'deactivate' ? 'carrierName' : 'smsrOid'

const markOf = (order: number): string => `1.3.6.1.4.1.${order}`
export const orderMark = (fields: Fields): string => String(fields['smsrOid'] ?? fields['carrierName'])
export const orderIndex = (fields: Fields): number => Number(orderMark(fields).slice('1.3.6.1.4.1.'.length))

const usualKinds: readonly Kind[] = ['eid', 'iccid']

/** An app's order as the world knows it. */
export type Order = { mark: string; index: number; spec: RequestSpec; kinds: readonly Kind[]; accountName: string }

export const orderOf = (spec: RequestSpec, index: number): Order => ({
  mark: markOf(index),
  index,
  spec,
  kinds: spec.kinds ?? usualKinds,
  accountName: spec.accountName ?? account,
})

/** The card and profile that an order names at a position. */
export const subjectAt = ({ spec }: Order, position: number): Subject => ({
  card: spec.firstDevice + position,
  profile: spec.profile ?? 0,
})

/** The body of an order. With `more` devices it is another body. */
export function bodyOf(order: Order, more = 0): Record<string, unknown> {
  const { spec, kinds, mark, accountName } = order
  return {
    devices: Array.from({ length: spec.devices + more }, (_, position) => ({
      deviceIds: orderDevice(subjectAt(order, position), kinds, spec.short),
    })),
    accountName,
    [markedIn(spec.action)]: mark,
  }
}
