import { acceptedAs, beginAttempt } from '../../../lib/profile/submission/transitions/attempt-transitions.ts'
import { newOrder } from './ordering.ts'
import type { OrderPlan, Piece } from './orders.ts'
import type { StormWorld } from './storm-world.ts'
import { transitionContext } from './submissions.ts'
import { plannedPieces } from './workers.ts'

/** An order that ThingSpace has accepted before the storm begins. Returns its submissions. */
export function acceptWithoutCalling(world: StormWorld, plan: OrderPlan): readonly Piece[] {
  const order = newOrder(world, plan)
  order.answeredAt = world.now
  order.sentAt = world.now
  order.submissions = plannedPieces(world, order)
  for (const piece of order.submissions) {
    const context = transitionContext(world, piece)
    const begun = beginAttempt(piece.state, 'claim', context)
    piece.state = acceptedAs(begun, `upstream-${piece.subject.upstream}`, context)
    piece.acceptances = 1
    piece.acceptedAt = world.now
  }
  return order.submissions
}
