import { afterLeaseExpired } from '../../../lib/profile/submission/transitions/attempt-transitions.ts'
import {
  afterGrace,
  giveUp,
  isForgotten,
  workMessageSentAgain,
} from '../../../lib/profile/submission/transitions/waiting-transitions.ts'
import { Throttled } from '../engine/table-calls.ts'
import type { Work } from '../engine/timeline.ts'
import type { Recipe, Round } from '../measuring/recipe.ts'
import { adopt } from './adopting.ts'
import { isRecorded, type Order, type Piece } from './orders.ts'
import { putChange } from './projecting.ts'
import type { StormWorld } from './storm-world.ts'
import { sendMessage, store, transitionContext } from './submissions.ts'

/** The loop of functions/sweep-due.ts. */
const sweepMilliseconds = 35_000
const itemsPerPage = 400

/** Runs the sweep each minute until a time. */
export function keepSweeping(world: StormWorld, until: number): void {
  for (let at = 60_000; at <= until; at += 60_000) {
    world.timeline.at(
      at,
      () =>
        void world.invoke(
          'sweep',
          () => sweep(world),
          () => undefined,
        ),
    )
  }
}

/** The part of a measured sweep that belongs to its item. The rest lists what is due. */
export function itemRounds({ rounds }: Recipe): Round[] {
  return rounds.filter(
    (round) =>
      round === 'post' || !round.calls.every(({ shares }) => shares[0]?.index === 'due' && shares[0].kind === 'read'),
  )
}

function* sweep(world: StormWorld): Work {
  const begun = world.now
  const { statistics } = world
  statistics.sweeps += 1
  const nothing = world.recipe('sweep: nothing')
  yield world.processorTime(nothing)
  yield* world.calls.replay(nothing.rounds, { request: 0, account: 0, upstream: 0 })
  for (let done = 0; world.due.first <= begun && world.now < begun + sweepMilliseconds; done += 1) {
    if (done > 0 && done % itemsPerPage === 0)
      yield* world.calls.replay(nothing.rounds.slice(0, 1), { request: 0, account: 0, upstream: 0 })
    const dueAt = world.due.first
    const item = world.due.take()!
    if ('state' in item ? item.state.dueAt !== dueAt : item.dueAt !== dueAt) continue
    statistics.mostSweepLagMilliseconds = Math.max(statistics.mostSweepLagMilliseconds, begun - dueAt)
    try {
      yield* 'state' in item ? sweepPiece(world, item) : sweepOrder(world, item)
    } catch (error) {
      if (!(error instanceof Throttled)) throw error
      world.due.put(dueAt, item)
    }
  }
  statistics.longestSweepMilliseconds = Math.max(statistics.longestSweepMilliseconds, world.now - begun)
}

function* work(world: StormWorld, name: string, subject: Piece['subject']): Work {
  const recipe = world.recipe(name)
  const rounds = itemRounds(recipe)
  const nothing = world.recipe('sweep: nothing').processorMilliseconds
  const own = { ...recipe, rounds, processorMilliseconds: Math.max(0, recipe.processorMilliseconds - nothing) }
  yield world.processorTime(own)
  yield* world.calls.replay(rounds, subject)
}

function* sweepPiece(world: StormWorld, piece: Piece): Work {
  const context = transitionContext(world, piece)
  const { state } = piece
  if ((state.state === 'submitting' || state.state === 'unconfirmed') && piece.recorded > 0)
    return yield* adopt(world, piece)
  switch (state.state) {
    case 'queued':
    case 'waiting': {
      yield* work(world, 'sweep: waiting, sent again', piece.subject)
      if (piece.state !== state) return
      if (isForgotten(state, context)) return store(world, piece, giveUp(state, context))
      store(world, piece, workMessageSentAgain(state, context))
      return sendMessage(world, piece)
    }
    case 'submitting':
      yield* work(world, 'sweep: waiting, sent again', piece.subject)
      if (piece.state !== state) return
      return store(world, piece, afterLeaseExpired(state, context))
    case 'unconfirmed': {
      const next = afterGrace(state, context)
      yield* work(
        world,
        next.state === 'waiting' ? 'sweep: unconfirmed, repeated' : 'sweep: unconfirmed, to a decision',
        piece.subject,
      )
      if (piece.state !== state) return
      store(world, piece, next)
      if (next.state === 'waiting') sendMessage(world, piece)
      return
    }
    case 'submitted':
    case 'rejected':
    case 'exhausted':
    case 'cancelled':
    case 'abandoned':
  }
}

/** The summary of a bulk request. */
function* sweepOrder(world: StormWorld, order: Order): Work {
  order.isAsked = false
  order.dueAt = undefined
  const isWhole = isRecorded(order)
  yield* work(world, `sweep: bulk summary, ${isWhole ? 'whole' : 'half'}`, order.subject)
  if (isWhole && order.finalAt === undefined) {
    order.finalAt = world.now
    putChange(world, { kind: 'request', order, isFinal: true })
  }
}
