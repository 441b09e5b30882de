import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { Request } from '../../api/requests.ts'

export type Answer = 'retry' | 'give-up'

/** One request of a plan, with the submissions that were unconfirmed when the plan was made. */
export type PlannedDecision = {
  requestId: string
  action: string
  accountName: string
  devices: number
  submissions: readonly { submission: number; attempt: number }[]
}

/** What became of one request of a plan. */
export type Outcome =
  | { kind: 'done'; requestId: string; status: string }
  | { kind: 'changed'; requestId: string }
  | { kind: 'failed'; requestId: string; failure: Failure }

/** The submissions of a request that wait for a decision. */
export const undecided = (request: Request): PlannedDecision['submissions'] =>
  request.submissions.items
    .filter(({ state, next }) => state === 'unconfirmed' && next?.what === 'decision')
    .map(({ submission, attempt }) => ({ submission, attempt }))

export const planned = (request: Request): PlannedDecision => ({
  requestId: request.requestId,
  action: request.action,
  accountName: request.accountName,
  devices: request.submissions.items
    .filter(({ submission }) => undecided(request).some((each) => each.submission === submission))
    .reduce((sum, { devices }) => sum + devices.count, 0),
  submissions: undecided(request),
})

const pathOf = (requestId: string): string => `/v1/requests/${encodeURIComponent(requestId)}`

/** Decides one request of a plan. If it has changed since the plan was made, nothing is done. */
export async function decide(answer: Answer, { requestId, submissions }: PlannedDecision): Promise<Outcome> {
  const current = await call(pathOf(requestId), Request)
  if (current.kind === 'failed') return { kind: 'failed', requestId, failure: current.failure }
  if (current.kind === 'unchanged' || JSON.stringify(undecided(current.value)) !== JSON.stringify(submissions))
    return { kind: 'changed', requestId }
  const reply =
    answer === 'retry'
      ? await call(`${pathOf(requestId)}/retry`, Request, {
          method: 'POST',
          body: { submissions: submissions.map(({ submission }) => submission) },
        })
      : await call(`${pathOf(requestId)}/cancel`, Request, { method: 'POST', body: { abandonUnconfirmed: true } })
  if (reply.kind === 'answer') return { kind: 'done', requestId, status: reply.value.status }
  return reply.kind === 'failed'
    ? { kind: 'failed', requestId, failure: reply.failure }
    : { kind: 'changed', requestId }
}

/** The plan as CSV, to keep or to show to somebody. */
export const planAsCsv = (answer: Answer, plan: readonly PlannedDecision[]): string =>
  [
    'answer,requestId,submissions,action,accountName,devices',
    ...plan.map(({ requestId, submissions, action, accountName, devices }) =>
      [
        answer,
        requestId,
        submissions.map(({ submission }) => submission).join(' '),
        action,
        `"${accountName.replaceAll('"', '""')}"`,
        devices,
      ].join(','),
    ),
    '',
  ].join('\r\n')
