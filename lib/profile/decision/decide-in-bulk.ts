import type { ActionName } from '../order/action-names.ts'
import type { Choice } from './choose-submissions.ts'
import { effectOfCancel, mayBeRetried } from './allowed-decisions.ts'
import { cancelRequest } from './cancel-request.ts'
import type { RequestDecision } from './change-each.ts'
import type { ManageDependencies } from './manage-dependencies.ts'
import { retryRequest } from './retry-request.ts'
import { type ProfileRequest, missingSubmissions } from '../request/request.ts'
import type { SubmissionState } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'

/** The changes that a decision would make to one request, for a preview. */
export type DecisionPlan = {
  request: ProfileRequest
  submissions: Submission[]
  /** Number of devices whose submissions do not exist yet. Only a cancellation affects them. */
  uncreatedDevices: number
}

export type BulkDecision =
  { what: 'retry'; despiteCallbacks: boolean } | { what: 'cancel'; abandonUnconfirmed: boolean }

/** Plans a retry of the chosen submissions. */
export const planRetry = ({ request, submissions }: Choice): DecisionPlan => ({
  request,
  submissions: request.cancelledAt === undefined ? submissions.filter(mayBeRetried) : [],
  uncreatedDevices: 0,
})

/** Plans the cancellation of a whole request. It includes submissions that the operator's filter did not match. */
export function planCancel(
  request: ProfileRequest,
  all: readonly Submission[],
  abandonUnconfirmed: boolean,
): DecisionPlan {
  const missing = request.cancelledAt === undefined ? missingSubmissions(request, all) : []
  return {
    request,
    submissions: all.filter(({ state }) => effectOfCancel(state, abandonUnconfirmed) !== undefined),
    uncreatedDevices: missing.reduce(
      (sum, first) => sum + Math.min(request.devicesPerSubmission, request.deviceCount - first),
      0,
    ),
  }
}

export const changesNothing = ({ submissions, uncreatedDevices }: DecisionPlan): boolean =>
  submissions.length === 0 && uncreatedDevices === 0

export type PlanRow = {
  action: ActionName
  state: SubmissionState | 'not created'
  requests: number
  submissions: number
  devices: number
}

/** Counts the requests, submissions and devices of plans by action and state. */
export function countPlans(plans: readonly DecisionPlan[]): PlanRow[] {
  const rows = new Map<string, PlanRow>()
  const add = ({ action, state, submissions, devices }: Omit<PlanRow, 'requests'>) => {
    const row = rows.get(`${action} ${state}`) ?? { action, state, requests: 0, submissions: 0, devices: 0 }
    rows.set(`${action} ${state}`, {
      ...row,
      requests: row.requests + 1,
      submissions: row.submissions + submissions,
      devices: row.devices + devices,
    })
  }
  for (const { request, submissions, uncreatedDevices } of plans) {
    for (const state of new Set(submissions.map((submission) => submission.state))) {
      const own = submissions.filter((submission) => submission.state === state)
      const devices = own.reduce((sum, { deviceCount }) => sum + deviceCount, 0)
      add({ action: request.action, state, submissions: own.length, devices })
    }
    if (uncreatedDevices > 0) {
      add({ action: request.action, state: 'not created', submissions: 0, devices: uncreatedDevices })
    }
  }
  return [...rows.values()]
}

export type CarriedOut = { requestId: string; decision: RequestDecision | { kind: 'failed'; error: unknown } }

/** A bulk decision, and the operator who takes it. */
export type DecisionBy = { decision: BulkDecision; by: string }

/**
 * Carries out plans one after the other and yields the outcome of each. A failing plan does not block the others. A retry
 * skips submissions that changed since they were planned, so repeating the same plans does nothing twice.
 */
export async function* carryOut(
  plans: readonly DecisionPlan[],
  decisionBy: DecisionBy,
  dependencies: ManageDependencies & { pause: () => Promise<void> },
): AsyncGenerator<CarriedOut> {
  const outOf = plans.reduce((sum, { submissions }) => sum + submissions.length, 0)
  for (const { request: planned, submissions } of plans) {
    const { requestId } = planned
    try {
      const request = await dependencies.store.getRequest(requestId)
      if (request === undefined) throw new Error('the request has expired')
      yield { requestId, decision: await decide({ request, submissions }, { ...decisionBy, outOf }, dependencies) }
    } catch (error) {
      yield { requestId, decision: { kind: 'failed', error } }
    }
    await dependencies.pause()
  }
}

const decide = (
  { request, submissions }: Choice,
  { decision, by, outOf }: DecisionBy & { outOf: number },
  dependencies: ManageDependencies,
): Promise<RequestDecision> =>
  decision.what === 'retry'
    ? retryRequest(
        request,
        {
          by,
          only: submissions.map(({ submission }) => submission),
          asSeen: new Map(submissions.map((seen) => [seen.submission, seen])),
          despiteCallbacks: decision.despiteCallbacks,
          outOf,
        },
        dependencies,
      )
    : cancelRequest(request, { by, abandonUnconfirmed: decision.abandonUnconfirmed }, dependencies)
