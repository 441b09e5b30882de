import { jitterMilliseconds, longestWaitMilliseconds } from '../../../lib/profile/flow-control/flow-control.ts'
import {
  afterOutcome,
  type AttemptOutcome,
  beginAttempt,
} from '../../../lib/profile/submission/transitions/attempt-transitions.ts'
import { sendWorkMessage } from '../../../lib/profile/submission/send-work-messages.ts'
import type { SubmissionQueue } from '../../../lib/profile/submission/queue.ts'
import type { Lane, Submission } from '../../../lib/profile/request/submission.ts'
import type { SubmissionOutcome } from '../../../lib/profile/request/outcome.ts'
import { mayComeLate } from '../../../lib/profile/submission/transitions/transitions.ts'
import type { Subject } from '../engine/table-calls.ts'
import type { Work } from '../engine/timeline.ts'
import type { Round } from '../measuring/recipe.ts'
import type { Permission } from './flow.ts'
import { type Piece, placeOfOrder } from './orders.ts'
import type { StormWorld, WorkBody } from './storm-world.ts'
import { pumpWork } from './workers.ts'
import { reportResults } from './devices.ts'
import { putChange } from './projecting.ts'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

export const transitionContext = (world: StormWorld, { order }: Pick<Piece, 'order'>) => ({
  now: world.now,
  random: world.random.next,
  settings: world.settings,
  action: order.action,
  accountName: String(order.account),
})

/** Replaces the stored record. The due index follows it. */
export function store(world: StormWorld, piece: Piece, next: Submission): void {
  piece.state = next
  if (next.dueAt !== undefined && next.awaitsDecision !== true) world.due.put(next.dueAt, piece)
}

/** Puts a body into the queue of its lane. */
export function enqueue(world: StormWorld, body: WorkBody, delaySeconds = 0): void {
  const order = 'piece' in body ? body.piece.order : body.order
  const { lane, accountName } = placeOfOrder(order, world.settings.devicesPerSubmission.local)
  const group = accountName
  world.work[lane].queue.send({ body, group, delaySeconds, now: world.now })
  world.statistics.queueRequests += 3
  pumpWork(world, lane)
}

/** Sends the work message of a waiting submission, with the delay that the gateway computes. */
export function sendMessage(world: StormWorld, piece: Piece): void {
  const queue: SubmissionQueue = {
    send: async (messages) => {
      for (const { message, delaySeconds } of messages)
        if (message.kind === 'submission') enqueue(world, { piece, attempt: message.attempt }, Math.ceil(delaySeconds))
    },
  }
  const place = placeOfOrder(piece.order, world.settings.devicesPerSubmission.local)
  void sendWorkMessage(piece.state, place, { queue, clock: () => world.now, log: silent })
}

/**
 * One attempt: it is claimed, ThingSpace is called, and the outcome is stored. Of two workers only the first makes it. An
 * outcome that finds the submission changed counts only if it may come late.
 */
export function* makeAttempt(
  world: StormWorld,
  piece: Piece,
  {
    permission,
    budgetMilliseconds,
    recordOutcome,
  }: {
    permission: Permission
    budgetMilliseconds: number
    recordOutcome: (outcome: SubmissionOutcome) => Work
  },
): Work {
  const startedAt = world.now
  const begun = beginAttempt(piece.state, `claim-${piece.posts}`, transitionContext(world, piece))
  store(world, piece, begun)
  world.statistics.attempts += 1
  piece.posts += 1
  const { outcome, milliseconds } = world.thingSpace.post(world.now, budgetMilliseconds)
  yield milliseconds
  if (outcome.kind === 'accepted') {
    piece.acceptances += 1
    piece.acceptedAt = world.now
    reportResults(world, piece)
  }
  const slot = permission.asked.kind === 'take' ? permission.asked.slot : undefined
  const isWritten = world.flow.end(world.now, { outcome, startedAt, slot })
  yield* recordOutcome(outcome)
  if (isWritten) yield* world.calls.replay(flowRounds(world), piece.subject)
  const attempt = { outcome, startedAt }
  const next = outcomeOf(world, piece, { begun, attempt })
  if (next === undefined) return
  store(world, piece, next)
  putChange(world, { kind: 'submission', piece })
  if (next.state === 'submitted') {
    noteAcceptance(world, piece)
    putChange(world, { kind: 'owner', piece })
  }
  if (next.state === 'waiting') sendMessage(world, piece)
}

/** The submission after its attempt. Undefined if it was changed meanwhile and the outcome comes too late. */
function outcomeOf(
  world: StormWorld,
  { state: current, order }: Piece,
  { begun, attempt }: { begun: Submission; attempt: AttemptOutcome },
): Submission | undefined {
  const context = transitionContext(world, { order })
  const next = afterOutcome(begun, attempt, context)
  if (current === begun) return next
  if (current.attempt !== begun.attempt || !mayComeLate(current.state, next.state)) return undefined
  return afterOutcome(current, attempt, context)
}

/** Asks for a call, and waits for its turn. Whoever would wait for too long is held. */
export function* askForCall(
  world: StormWorld,
  subject: Subject,
  call: { lane: Lane; mayProbe: boolean },
): Work<Permission & { asked: Exclude<Permission['asked'], { kind: 'wait' }> }> {
  const latestStart = world.now + longestWaitMilliseconds
  for (;;) {
    const { asked, usesTable, isProbe } = world.flow.ask(world.now, { ...call, latestStart })
    if (usesTable) yield* world.calls.replay(flowRounds(world), subject)
    if (asked.kind === 'take' && asked.startAt > world.now) yield asked.startAt - world.now
    if (asked.kind !== 'wait') return { asked, usesTable, isProbe }
    yield Math.max(0, asked.until - world.now) + world.random.next() * jitterMilliseconds
  }
}

/** Frees the slot of a POST that was not made. */
export function releaseUnused(world: StormWorld, { asked }: Permission): void {
  if (asked.kind !== 'take') return
  world.flow.end(world.now, { outcome: undefined, startedAt: world.now, slot: asked.slot })
}

/** What asking for a slot, or releasing it, does to the table. */
const flowRounds = (world: StormWorld): Round[] =>
  world.recipe('flow: limited attempt').rounds.filter(isOfFlow).slice(0, 2)
const isOfFlow = (round: Round): boolean =>
  round !== 'post' && round.calls.every(({ shares }) => shares[0]?.role === 'SESSION')

/** Notes when the last submission of an order is known to be accepted. */
export function noteAcceptance(world: StormWorld, { order }: Piece): void {
  if (order.submissions.every(({ state }) => state.state === 'submitted')) order.sentAt ??= world.now
}

/** The recipe that belongs to an outcome. */
export const nameOfOutcome = ({ kind }: SubmissionOutcome): 'accepted' | 'not accepted' | 'unknown' =>
  kind === 'accepted' ? 'accepted' : kind === 'unknown' ? 'unknown' : 'not accepted'
