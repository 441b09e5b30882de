import { adoptedAs } from '../../../lib/profile/submission/transitions/attempt-transitions.ts'
import type { Work } from '../engine/timeline.ts'
import type { Piece } from './orders.ts'
import { putChange } from './projecting.ts'
import type { StormWorld } from './storm-world.ts'
import { noteAcceptance, store, transitionContext } from './submissions.ts'

/** A result without an upstream link: it is adopted at once if its submission is known to be in doubt. */
export function* lookAtOrphan(world: StormWorld, piece: Piece): Work {
  const recipe = world.recipe('project orphan')
  yield world.processorTime(recipe)
  yield* world.calls.replay(recipe.rounds, piece.subject)
  const { state, leaseUntil = 0 } = piece.state
  if (state === 'unconfirmed' || (state === 'submitting' && leaseUntil < world.now)) yield* adopt(world, piece)
}

/** Callbacks prove that ThingSpace accepted an attempt whose outcome is not stored. */
export function* adopt(world: StormWorld, piece: Piece): Work {
  const { state } = piece
  const { rounds } = world.recipe('single: attempt accepted')
  yield* world.calls.replay(rounds.slice(rounds.indexOf('post') + 1), piece.subject)
  if (piece.state !== state) return
  store(world, piece, adoptedAs(piece.state, `adopted-${piece.subject.upstream}`, transitionContext(world, piece)))
  world.statistics.adopted += 1
  noteAcceptance(world, piece)
  putChange(world, { kind: 'owner', piece })
}
