import { Throttled } from '../engine/table-calls.ts'
import type { Work } from '../engine/timeline.ts'
import { isBulk, type Order, type OrderPlan } from './orders.ts'
import { putChange } from './projecting.ts'
import type { StormWorld } from './storm-world.ts'
import { askForCall, enqueue, makeAttempt, nameOfOutcome, releaseUnused } from './submissions.ts'
import { plannedPieces } from './workers.ts'

/** Time limit of the call to ThingSpace in functions/submit-profile-action.ts. */
const budgetMilliseconds = 20_000
/** An app tries again after a refusal: after a second at first, then twice as long each time, with jitter. */
const firstPauseMilliseconds = 1000
const mostTries = 20

/** An order that nothing has happened to. */
export function newOrder(world: StormWorld, plan: OrderPlan): Order {
  const id = world.orders.length + 1
  const order: Order = {
    ...plan,
    id,
    requestId: `request-${id}`,
    subject: { request: id, account: plan.account, upstream: id * 128 },
    submissions: [],
    answeredAt: undefined,
    sentAt: undefined,
    lastCallbackAt: undefined,
    finalAt: undefined,
    isAsked: false,
    dueAt: undefined,
  }
  world.orders.push(order)
  return order
}

/** An app orders, and tries again if the gateway refuses for now. */
export function placeOrder(world: StormWorld, plan: OrderPlan): Order {
  const order = newOrder(world, plan)
  world.timeline.at(plan.at, () => tryOrder(world, order, 1))
  return order
}

function tryOrder(world: StormWorld, order: Order, tries: number): void {
  const again = () => {
    world.statistics.ordersRefused += 1
    if (tries >= mostTries) return
    const pause = Math.min(60_000, firstPauseMilliseconds * 2 ** (tries - 1)) * (0.5 + world.random.next() / 2)
    world.timeline.after(pause, () => tryOrder(world, order, tries + 1))
  }
  world.statistics.httpCalls += 1
  if (!world.gateway.admits('submit', world.now)) return again()
  let isAccepted = false
  const work = function* (): Work {
    try {
      yield* accept(world, order)
      isAccepted = true
    } catch (error) {
      if (!(error instanceof Throttled)) throw error
      // The outcome of an attempt that was made is not repeated: the request is stored.
      isAccepted = order.submissions.length > 0
    }
  }
  const ended = () => {
    if (!isAccepted) return again()
    order.answeredAt = world.now
  }
  if (!world.invoke('submit', work, ended)) again()
}

function* accept(world: StormWorld, order: Order): Work {
  if (isBulk(order)) {
    const recipe = world.recipe('bulk: order')
    yield world.processorTime(recipe)
    yield* world.calls.replay(recipe.rounds, order.subject)
    order.submissions = plannedPieces(world, order)
    for (let part = 0; part < recipe.workMessages; part += 1) enqueue(world, { order, part })
    return
  }
  const permission = yield* askForCall(world, order.subject, { lane: 'single', mayProbe: false })
  if (permission.asked.kind === 'hold') return yield* storeForWorker(world, order)
  const recipe = world.recipe('single: order accepted')
  yield world.processorTime(recipe)
  const post = recipe.rounds.indexOf('post')
  try {
    yield* world.calls.replay(recipe.rounds.slice(0, post), order.subject)
  } catch (error) {
    releaseUnused(world, permission)
    throw error
  }
  order.submissions = plannedPieces(world, order)
  const [piece] = order.submissions
  if (piece === undefined) return
  putChange(world, { kind: 'submission', piece })
  yield* makeAttempt(world, piece, {
    permission,
    budgetMilliseconds,
    recordOutcome: (outcome) => {
      const { rounds } = world.recipe(`single: order ${nameOfOutcome(outcome)}`)
      return world.calls.replay(rounds.slice(rounds.indexOf('post') + 1), piece.subject)
    },
  })
}

/** An order for which ThingSpace takes no call now: a worker sends it. */
function* storeForWorker(world: StormWorld, order: Order): Work {
  world.statistics.heldOrders += 1
  const recipe = world.recipe('single: order held')
  yield world.processorTime(recipe)
  yield* world.calls.replay(recipe.rounds, order.subject)
  order.submissions = plannedPieces(world, order)
  enqueue(world, { order, part: 0 })
}
