import type { ActionName } from '../order/action-names.ts'
import type { Choice } from './choose-submissions.ts'
import {
  cancelRequest,
  type RequestDecision,
  effectOfCancel,
  type ManageDependencies,
  mayBeRetried,
  retryRequest,
} from './manage-request.ts'
import { type ProfileRequest, missingSubmissions } from '../request/request.ts'
import type { SubmissionState } from '../request/states.ts'
import type { Submission } from '../request/submission.ts'

/** What a decision would change of one request. */
export type DecisionPlan = {
  request: ProfileRequest
  submissions: Submission[]
  /** Devices whose submissions do not exist yet, which only a cancellation reaches. */
  uncreatedDevices: number
}

export type BulkDecision =
  { what: 'retry'; despiteCallbacks: boolean } | { what: 'cancel'; abandonUnconfirmed: boolean }

/** A retry takes the submissions that were chosen. */
export const planRetry = ({ request, submissions }: Choice): DecisionPlan => ({
  request,
  submissions: request.cancelledAt === undefined ? submissions.filter(({ state }) => mayBeRetried(state)) : [],
  uncreatedDevices: 0,
})

/** A cancellation is of a whole request: it stops whatever of it can be stopped, chosen or not. */
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

/** What plans amount to, by action and state. */
export function countPlans(plans: readonly DecisionPlan[]): PlanRow[] {
  const rows = new Map<string, PlanRow>()
  const add = (action: ActionName, state: PlanRow['state'], submissions: number, devices: number) => {
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
      add(
        request.action,
        state,
        own.length,
        own.reduce((sum, { deviceCount }) => sum + deviceCount, 0),
      )
    }
    if (uncreatedDevices > 0) add(request.action, 'not created', 0, uncreatedDevices)
  }
  return [...rows.values()]
}

export type CarriedOut = { requestId: string; decision: RequestDecision | { kind: 'failed'; error: unknown } }

/**
 * Carries plans out one after the other; one that fails holds up no other. A submission that has moved on since it was
 * looked at is left, so carrying the same plans out again does nothing twice.
 */
export async function* carryOut(
  plans: readonly DecisionPlan[],
  decision: BulkDecision,
  by: string,
  dependencies: ManageDependencies & { pause: () => Promise<void> },
): AsyncGenerator<CarriedOut> {
  for (const { request: planned, submissions } of plans) {
    const { requestId } = planned
    try {
      const request = await dependencies.store.getRequest(requestId)
      if (request === undefined) throw new Error('the request is no longer kept')
      yield { requestId, decision: await decide(request, submissions, decision, by, dependencies) }
    } catch (error) {
      yield { requestId, decision: { kind: 'failed', error } }
    }
    await dependencies.pause()
  }
}

const decide = (
  request: ProfileRequest,
  submissions: readonly Submission[],
  decision: BulkDecision,
  by: string,
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
        },
        dependencies,
      )
    : cancelRequest(request, { by, abandonUnconfirmed: decision.abandonUnconfirmed }, dependencies)
