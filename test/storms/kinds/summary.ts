import { actions } from '../../../lib/profile/order/actions.ts'
import { Sample } from '../engine/percentiles.ts'
import type { Order } from '../gateway/orders.ts'

/** What a storm did to the orders that match. Times are seconds. */
export type OrderSummary = {
  orders: number
  devices: number
  toThingSpace: { p50: number; p99: number }
  /** From the last callback at the endpoint to the final status. */
  toFinal: { p50: number; p99: number }
  whole: { p50: number; p99: number }
  notFinal: number
  /** Submissions that ThingSpace accepted more than once, although a repeat may do harm, or else does none. */
  sentTwice: number
  repeatedWithoutHarm: number
  awaitingDecision: number
  posts: number
}

export function summarise(orders: readonly Order[]): OrderSummary {
  const [toThingSpace, toFinal, whole] = [new Sample(), new Sample(), new Sample()]
  let notFinal = 0
  let sentTwice = 0
  let repeatedWithoutHarm = 0
  let awaitingDecision = 0
  let posts = 0
  for (const { at, sentAt, lastCallbackAt, finalAt, submissions, action } of orders) {
    if (sentAt !== undefined) toThingSpace.add((sentAt - at) / 1000)
    if (finalAt === undefined) notFinal += 1
    else {
      whole.add((finalAt - at) / 1000)
      toFinal.add(Math.max(0, finalAt - (lastCallbackAt ?? finalAt)) / 1000)
    }
    for (const { acceptances, state, posts: own } of submissions) {
      posts += own
      if (acceptances > 1 && actions[action].repeatable) repeatedWithoutHarm += 1
      else if (acceptances > 1) sentTwice += 1
      if (state.awaitsDecision === true) awaitingDecision += 1
    }
  }
  const both = (sample: Sample) => ({ p50: sample.at(0.5), p99: sample.at(0.99) })
  return {
    orders: orders.length,
    devices: orders.reduce((sum, { devices }) => sum + devices, 0),
    toThingSpace: both(toThingSpace),
    toFinal: both(toFinal),
    whole: both(whole),
    notFinal,
    sentTwice,
    repeatedWithoutHarm,
    awaitingDecision,
    posts,
  }
}
