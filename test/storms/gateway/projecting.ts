import { mixed } from '../../capacity/dynamodb/place.ts'
import { pollMilliseconds } from '../../capacity/lambda/stream-lanes.ts'
import { Throttled } from '../engine/table-calls.ts'
import type { Work } from '../engine/timeline.ts'
import type { Recipe, Round } from '../measuring/recipe.ts'
import { lookAtOrphan } from './adopting.ts'
import { isBulk, isRecorded, type Order, type Piece } from './orders.ts'
import type { ChangeBody, StormWorld } from './storm-world.ts'

/** A call of SNS, and how long a batch waits before it is delivered again. */
const publishMilliseconds = 20
const pauseMilliseconds = 1000

/** A change of the table, which the stream delivers to project-changes. */
export function putChange(world: StormWorld, change: ChangeBody): void {
  world.statistics.changes += 1
  const item =
    change.kind === 'result'
      ? world.statistics.changes
      : change.kind === 'request'
        ? change.order.id
        : change.piece.subject.upstream
  const lane = world.stream.put(mixed(item), change)
  if (!world.stream.asksForPoll(lane)) return
  world.timeline.after(pollMilliseconds * world.random.next(), () => pump(world, lane))
}

function pump(world: StormWorld, lane: number): void {
  const batch = world.stream.begin(lane)
  if (batch.length === 0) return
  world.statistics.changesWaiting.note(world.now, world.stream.waiting)
  let isDone = false
  const work = function* (): Work {
    try {
      yield* project(world, batch)
      isDone = true
    } catch (error) {
      if (!(error instanceof Throttled)) throw error
      yield pauseMilliseconds
    }
  }
  const ended = () => {
    world.stream.end(lane, isDone ? batch.length : 0)
    pump(world, lane)
  }
  if (world.invoke('project', work, ended)) return
  world.stream.end(lane, 0)
  world.timeline.after(pauseMilliseconds, () => pump(world, lane))
}

/** Looks for the submission of each upstream request id once, and updates each request once. */
function* project(world: StormWorld, batch: readonly ChangeBody[]): Work {
  const pieces = new Set<Piece>()
  const touched = new Map<Order, Piece>()
  let milliseconds = 0
  for (const change of batch) {
    if (change.kind === 'request') {
      yield* publish(world, change)
      continue
    }
    const { piece, kind } = change
    const size = isBulk(piece.order) ? 'bulk' : 'single'
    if (kind === 'result' && piece.state.state !== 'submitted') {
      yield* lookAtOrphan(world, piece)
      continue
    }
    milliseconds += world.processorTime(perChange(world, size))
    touched.set(piece.order, piece)
    if (kind !== 'result' || pieces.has(piece)) continue
    pieces.add(piece)
    yield* world.calls.replay(
      linkRounds(world.recipe(`${size}: project ${size === 'bulk' ? '1 ' : ''}result`)),
      piece.subject,
    )
  }
  yield milliseconds
  for (const [order, piece] of touched) yield* touch(world, order, piece)
}

/** The processor time of one more change in a batch. */
const perChange = (world: StormWorld, size: 'bulk' | 'single'): Recipe => {
  if (size === 'single') return { ...world.recipe('single: project result'), rounds: [] }
  const many = world.recipe('bulk: project 90 results')
  return { ...many, rounds: [], processorMilliseconds: many.processorMilliseconds / 90 }
}

const isOfUpstream = (round: Round): boolean =>
  round !== 'post' && round.calls.every(({ command, shares }) => command === 'GetCommand' && shares[0]?.role === 'TSR')
const linkRounds = ({ rounds }: Recipe): Round[] => rounds.filter(isOfUpstream)
const otherRounds = ({ rounds }: Recipe): Round[] => rounds.filter((round) => !isOfUpstream(round))

function* touch(world: StormWorld, order: Order, piece: Piece): Work {
  if (isBulk(order)) {
    const first = order.isAsked ? undefined : world.recipe('bulk: project submission')
    yield* world.calls.replay(otherRounds(first ?? world.recipe('bulk: project 1 result')), piece.subject)
    if (first === undefined || order.isAsked) return
    order.isAsked = true
    order.dueAt = world.now + world.settings.summariseEverySeconds * 1000
    world.due.put(order.dueAt, order)
    return
  }
  if (!isRecorded(order)) {
    yield* world.calls.replay(otherRounds(world.recipe('single: project owner')), piece.subject)
    return
  }
  if (order.finalAt !== undefined) {
    yield* world.calls.replay(otherRounds(world.recipe('single: project owner')), piece.subject)
    return
  }
  yield* world.calls.replay(otherRounds(world.recipe('single: project result')), piece.subject)
  order.finalAt ??= world.now
  putChange(world, { kind: 'request', order, isFinal: true })
}

function* publish(world: StormWorld, { order, isFinal }: Extract<ChangeBody, { kind: 'request' }>): Work {
  const recipe = world.recipe(isBulk(order) ? 'bulk, final: project request' : 'single: project final request')
  if (!isFinal) return
  const publications = Math.ceil(recipe.events / 10)
  world.statistics.publications += publications
  yield world.processorTime(recipe) + Math.ceil(publications / 25) * publishMilliseconds
  yield* world.calls.replay(recipe.rounds, order.subject)
}
