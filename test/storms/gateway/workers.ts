import type { Lane } from '../../../lib/profile/request/submission.ts'
import { devicesPerPart } from '../../../lib/profile/request/manifest.ts'
import { newSubmission } from '../../../lib/profile/submission/new-request.ts'
import { holdUntil } from '../../../lib/profile/flow-control/hold-until.ts'
import { giveUp, heldBack } from '../../../lib/profile/submission/transitions/waiting-transitions.ts'
import { Throttled } from '../engine/table-calls.ts'
import type { Work } from '../engine/timeline.ts'
import type { Round } from '../measuring/recipe.ts'
import type { Permission } from './flow.ts'
import { isBulk, type Order, type Piece } from './orders.ts'
import type { StormWorld, WorkBody } from './storm-world.ts'
import {
  askForCall,
  enqueue,
  makeAttempt,
  nameOfOutcome,
  releaseUnused,
  sendMessage,
  store,
  transitionContext,
} from './submissions.ts'

/** Time limit of the call to ThingSpace in functions/retry-submission.ts. */
const budgetMilliseconds = 30_000

const wakes = new WeakMap<object, number>()

/** Begins work for the visible messages of a lane, as many as Lambda allows. */
export function pumpWork(world: StormWorld, lane: Lane): void {
  const { queue, source } = world.work[lane]
  world.statistics.workWaiting.note(world.now, queue.waiting(world.now))
  while (queue.waiting(world.now) > 0 && source.begin(world.now)) {
    const [message] = queue.receive(1, world.now)
    if (message === undefined) {
      source.end()
      break
    }
    let isDone = false
    const work = function* (): Work {
      try {
        yield* handle(world, message.body)
        isDone = true
      } catch (error) {
        if (!(error instanceof Throttled)) throw error
      }
    }
    const ended = () => {
      if (isDone) queue.delete(message, world.now)
      source.end()
      pumpWork(world, lane)
    }
    if (!world.invoke('retry', work, ended)) ended()
  }
  const next = queue.waiting(world.now) > 0 ? world.now + 1000 : queue.nextVisibleAt
  if (next === Infinity || (wakes.get(queue) ?? Infinity) <= next) return
  wakes.set(queue, next)
  world.timeline.at(next, () => {
    wakes.delete(queue)
    pumpWork(world, lane)
  })
}

function* handle(world: StormWorld, body: WorkBody): Work {
  if ('part' in body) return yield* createSubmissions(world, body)
  const { piece, attempt } = body
  const { state } = piece
  const kind = isBulk(piece.order) ? 'bulk' : 'single'
  if (state.attempt !== attempt || (state.state !== 'queued' && state.state !== 'waiting')) {
    return yield* world.calls.replay(beforeLinks(world, `${kind}: attempt accepted`), piece.subject)
  }
  if (state.nextAttemptAt !== undefined && state.nextAttemptAt > world.now + 1000) {
    yield* world.calls.replay(beforeLinks(world, `${kind}: attempt accepted`), piece.subject)
    return sendMessage(world, piece)
  }
  if (world.now > state.giveUpAt) return store(world, piece, giveUp(state, transitionContext(world, piece)))
  const permission = yield* askForCall(world, piece.subject, { lane: kind, mayProbe: true })
  if (permission.asked.kind === 'hold') return yield* holdBack(world, piece, permission.asked)
  if (permission.isProbe && !(yield* answersProbe(world, permission))) {
    return yield* holdBack(world, piece, { kind: 'hold', why: 'failing', until: world.now })
  }
  const planned = world.recipe(`${kind}: attempt accepted`)
  yield world.processorTime(planned)
  const post = planned.rounds.indexOf('post')
  try {
    yield* world.calls.replay(planned.rounds.slice(0, post), piece.subject)
  } catch (error) {
    releaseUnused(world, permission)
    throw error
  }
  // Another worker was faster.
  if (piece.state !== state) return releaseUnused(world, permission)
  yield* makeAttempt(world, piece, {
    permission,
    budgetMilliseconds,
    recordOutcome: (outcome) => {
      const { rounds } = world.recipe(`${kind}: attempt ${nameOfOutcome(outcome)}`)
      return world.calls.replay(rounds.slice(rounds.indexOf('post') + 1), piece.subject)
    },
  })
}

/** Whether ThingSpace answers a harmless call. If it does not, the flow control knows. */
function* answersProbe(world: StormWorld, { asked }: Permission): Work<boolean> {
  const startedAt = world.now
  world.statistics.probes += 1
  const { isAnswered, milliseconds } = world.thingSpace.probe(world.now)
  yield milliseconds
  if (isAnswered) return true
  const outcome = { kind: 'not-accepted', cause: 'unavailable', error: {} } as const
  world.flow.end(world.now, { outcome, startedAt, slot: asked.kind === 'take' ? asked.slot : undefined })
  return false
}

/** Postpones an attempt for which ThingSpace has no room. */
function* holdBack(world: StormWorld, piece: Piece, hold: Extract<Permission['asked'], { kind: 'hold' }>): Work {
  const { state } = piece
  world.statistics.heldMessages += 1
  const recipe = world.recipe('single: attempt held')
  yield world.processorTime(recipe)
  yield* world.calls.replay(recipe.rounds, piece.subject)
  if (piece.state !== state) return
  const context = transitionContext(world, piece)
  const nextAttemptAt = holdUntil(
    { ...hold, times: state.held?.times ?? 0 },
    { ...context, retry: world.settings.retry },
  )
  store(world, piece, heldBack(state, { nextAttemptAt, why: hold.why }, context))
  sendMessage(world, piece)
}

/** The reads of a worker that then does nothing: request and submission. */
const beforeLinks = (world: StormWorld, name: string): readonly Round[] => world.recipe(name).rounds.slice(0, 2)

function* createSubmissions(world: StormWorld, { order, part }: { order: Order; part: number }): Work {
  const recipe = world.recipe(isBulk(order) ? 'bulk: part' : 'single: part')
  yield world.processorTime(recipe)
  yield* world.calls.replay(recipe.rounds, order.subject)
  const pieces = order.submissions.filter(({ state }) => Math.floor(state.firstDevice / devicesPerPart) === part)
  for (const piece of pieces) {
    store(world, piece, { ...piece.state, dueAt: world.now + world.settings.workMessageGraceSeconds * 1000 })
    enqueue(world, { piece, attempt: 0 })
  }
}

/** The submissions of an order, before they are stored. */
export function plannedPieces(world: StormWorld, order: Order): Piece[] {
  const devicesPerSubmission = world.settings.devicesPerSubmission.local
  const request = {
    requestId: order.requestId,
    generation: '',
    deviceCount: order.devices,
    devicesPerSubmission,
  }
  const count = Math.ceil(order.devices / devicesPerSubmission)
  return Array.from({ length: count }, (_, index) => {
    const { dueAt: _dueAt, ...state } = newSubmission(request, index * devicesPerSubmission, {
      now: world.now,
      settings: world.settings,
    })
    const subject = { ...order.subject, upstream: order.id * 128 + index }
    return { order, state, subject, posts: 0, acceptances: 0, acceptedAt: undefined, recorded: 0 }
  })
}
