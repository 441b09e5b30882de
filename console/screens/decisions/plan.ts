import * as z from 'zod/mini'
import { call } from '../../api/call.ts'
import type { Answer, Decision } from '../../api/decisions.ts'
import type { Failure } from '../../api/failure.ts'
import { Request } from '../../api/requests.ts'

/** One decision of a plan: what is answered, with the preview that the gateway gave. */
export type Planned = { decision: Decision; answer: Answer }

/** What became of it. */
export type Outcome = { kind: 'done'; status: string } | { kind: 'changed' } | { kind: 'failed'; failure: Failure }

export const nameOf = ({ requestId, submission }: Decision): string => `${requestId}/${submission}`

/** The plan of one answer for several decisions. Those that do not have the answer are left out. */
export function planOf(decisions: readonly Decision[], wanted: string): Planned[] {
  const planned = decisions.flatMap((decision) => {
    const answer = decision.answers.find((each) => each.answer === wanted)
    return answer === undefined ? [] : [{ decision, answer }]
  })
  // Giving up is about a whole request, so its submissions share one call.
  const seen = new Set<string>()
  return planned.filter(({ answer: { call: each } }) => {
    const key = `${each.path} ${JSON.stringify(each.body)}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Carries out one decision of a plan. If the submission has changed since the plan was made, nothing is done. */
export async function carryOut({ decision, answer }: Planned): Promise<Outcome> {
  const current = await call(`/v1/requests/${encodeURIComponent(decision.requestId)}`, Request)
  if (current.kind === 'failed') return { kind: 'failed', failure: current.failure }
  if (current.kind === 'unchanged') return { kind: 'changed' }
  const { submissions } = current.value
  const own = submissions.items.find(({ submission }) => submission === decision.submission)
  // Only the first submissions of a request are in its answer. The gateway checks the others itself.
  if (own !== undefined && (own.state !== 'unconfirmed' || own.attempt !== decision.attempts))
    return { kind: 'changed' }
  const { path, body } = answer.call
  const reply = await call(path, Decided, { method: 'POST', body })
  if (reply.kind === 'answer') return { kind: 'done', status: reply.value.status }
  return reply.kind === 'failed' ? { kind: 'failed', failure: reply.failure } : { kind: 'changed' }
}

const Decided = z.object({ status: z.string() })

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The plan as CSV, to keep or to show to somebody. */
export const planAsCsv = (plan: readonly Planned[]): string =>
  [
    'answer,effect,requestId,submission,action,accountName,devices,what',
    ...plan.map(({ decision: { requestId, submission, action, accountName }, answer }) =>
      [
        answer.answer,
        answer.effect,
        requestId,
        String(submission),
        action,
        accountName,
        String(answer.devices),
        answer.text,
      ]
        .map(cell)
        .join(','),
    ),
    '',
  ].join('\r\n')
