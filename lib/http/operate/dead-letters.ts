import * as z from 'zod/mini'
import type { AuditTrail } from '../../profile/audit/audit-trail.ts'
import type { Clock } from '../../profile/ports.ts'
import { DeadLetterKind, RedrivenKind } from '../../profile/support/dead-letter-kinds.ts'
import {
  type Classify,
  type DeadLetterQueue,
  previewDeadLetters,
  redriveDeadLetters,
  type RedriveProgress,
} from '../../profile/support/redrive-dead-letters.ts'
import type { ApiAnswer, ApiEvent } from '../api-call.ts'
import { type Caller, requireEveryAccount } from '../caller.ts'
import { readParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'
import { readDecision } from '../requests/read-decision.ts'

/** `kinds=true` reads messages to tell their kinds and ages. Each is hidden from other readers for up to 30 s. */
export const DeadLettersQuery = z.strictObject({ kinds: z._default(z.enum(['true', 'false']), 'false') })
/** Body of /redrive. */
export const RedriveBody = z.strictObject({
  atMost: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 100),
})

/** How many messages of each queue one look reads. */
const mostLookedAt = 100
/** SQS answers within 10 s, and a redrive has to release messages and to write its end after this time. */
const redriveMilliseconds = 12_000

export type DeadLettersDependencies = {
  deadLetters: Readonly<Record<DeadLetterKind, DeadLetterQueue>>
  classifiers: Readonly<Record<DeadLetterKind, Classify>>
  /** Makes a function that waits between two messages of a redrive. */
  createPace: () => () => Promise<void>
  audit: AuditTrail
  clock: Clock
}

const iso = (instant: number): string => new Date(instant).toISOString()

/** GET /v1/operate/dead-letters: how many messages each queue holds; with `kinds=true` which, and how old they are. */
export async function listDeadLetters(
  caller: Caller,
  query: unknown,
  { deadLetters, classifiers }: DeadLettersDependencies,
): Promise<ApiAnswer> {
  requireEveryAccount(caller)
  const { kinds } = readParameters(DeadLettersQuery, query)
  const items = await Promise.all(
    DeadLetterKind.options.map(async (queue) =>
      kinds === 'true'
        ? { queue, ...(await lookAt(deadLetters[queue], classifiers[queue])) }
        : { queue, count: await deadLetters[queue].count() },
    ),
  )
  return { status: 200, body: { items } }
}

async function lookAt(queue: DeadLetterQueue, classify: Classify) {
  const { total, lookedAt, kinds } = await previewDeadLetters(queue, classify, { atMost: mostLookedAt })
  return {
    count: total,
    lookedAt,
    oldest: kinds.length === 0 ? null : iso(Math.min(...kinds.map(({ oldest }) => oldest))),
    kinds: kinds.map((each) => ({ ...each, oldest: iso(each.oldest), newest: iso(each.newest) })),
  }
}

/**
 * POST /v1/operate/dead-letters/{queue}/redrive: sends messages back to the queue that they came from, within the time
 * of a call. `finished` is false if more may be left.
 */
export async function redriveOverHttp(
  { event, caller }: { event: ApiEvent; caller: Caller },
  { deadLetters, classifiers, createPace, audit, clock }: DeadLettersDependencies,
): Promise<ApiAnswer> {
  requireEveryAccount(caller)
  const queue = readQueue(event.pathParameters?.['queue'])
  const { atMost } = readDecision(RedriveBody, event)
  const stopAt = clock() + redriveMilliseconds
  let done: RedriveProgress = { sentOn: 0, left: 0 }
  let inTime = true
  const options = { atMost, pause: createPace(), name: queue, by: caller.id, audit }
  for await (const progress of redriveDeadLetters(deadLetters[queue], classifiers[queue], options)) {
    done = progress
    inTime = clock() < stopAt
    if (!inTime) break
  }
  return { status: 200, body: { queue, ...done, finished: inTime && done.sentOn + done.left < atMost } }
}

function readQueue(queue: string | undefined): RedrivenKind {
  const known = DeadLetterKind.safeParse(queue)
  if (!known.success) {
    throw new ProblemError('not-found', { detail: `the dead-letter queues are ${DeadLetterKind.options.join(', ')}` })
  }
  const redriven = RedrivenKind.safeParse(queue)
  if (redriven.success) return redriven.data
  throw new ProblemError('needs-command-line', {
    detail: 'batches of changes name no requests: run "npm run ops -- redrive changes"',
  })
}
