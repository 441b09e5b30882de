import * as z from 'zod/mini'
import { ActionName } from '../../profile/order/action-names.ts'
import { AccountName } from '../../profile/order/body-fields.ts'
import { Answer } from '../../profile/support/decisions/preview-answers.ts'
import { chooseByFilter, chooseByName, type ChooseItemsDependencies } from '../../profile/support/plans/choose-items.ts'
import { executePlan, type ExecuteDependencies } from '../../profile/support/plans/execute-plan.ts'
import { freezePlan, mostItems, type StoredPlan } from '../../profile/support/plans/frozen-plan.ts'
import { viewPlan } from '../../profile/support/plans/plan-view.ts'
import { instant } from '../account-list.ts'
import type { ApiAnswer, ApiEvent } from '../api-call.ts'
import { type Caller, mayUse, requireAccount } from '../caller.ts'
import { invalidBody, ProblemError } from '../problem.ts'
import { Findings } from '../../profile/order/body-faults.ts'
import { readDecision } from '../requests/read-decision.ts'
import { findPlan } from './find-plan.ts'

const NamedSubmission = z.strictObject({ requestId: z.string().check(z.maxLength(64)), submission: z.int() })

/** Body of POST /v1/decisions/plans: either `decisions` or `filter`. */
export const PlanBody = z.strictObject({
  answer: Answer,
  decisions: z.optional(z.array(NamedSubmission).check(z.minLength(1), z.maxLength(mostItems))),
  filter: z.optional(
    z.strictObject({
      accountName: AccountName,
      state: z._default(z.enum(['awaiting-decision', 'rejected', 'exhausted']), 'awaiting-decision'),
      action: z.optional(ActionName),
      before: z.optional(instant),
    }),
  ),
})

/** Body of POST .../execute: what the person saw. */
export const ExecuteBody = z.strictObject({ digest: z.string(), count: z.int() })

export type PlanDependencies = ExecuteDependencies &
  ChooseItemsDependencies & {
    store: ExecuteDependencies['store'] & ChooseItemsDependencies['store']
    newId: () => string
  }

type Call = { event: ApiEvent; caller: Caller }

/** POST /v1/decisions/plans. Answers 201 with the plan, which changes nothing yet. */
export async function createPlan({ event, caller }: Call, dependencies: PlanDependencies): Promise<ApiAnswer> {
  const { answer, decisions, filter } = readDecision(PlanBody, event)
  if ((decisions === undefined) === (filter === undefined)) {
    const faults = new Findings()
    faults.add('', 'invalid', 'send either decisions or filter')
    throw invalidBody(faults)
  }
  if (filter !== undefined) requireAccount(caller, filter.accountName)
  const { items, isComplete } =
    filter === undefined
      ? await chooseByName(
          (decisions ?? []).filter(({ requestId }) => /^[\w-]{1,64}$/.test(requestId)),
          { answer, allowed: (accountName) => mayUse(caller, accountName) },
          dependencies,
        )
      : await chooseByFilter(filter, answer, dependencies)
  if (items.length === 0) {
    const detail = isComplete ? 'no submission matches' : 'none of the newest submissions matches; narrow the filter'
    throw new ProblemError(answer === 'abandon' ? 'nothing-to-cancel' : 'nothing-to-retry', { detail })
  }
  const stored = freezePlan(items, {
    planId: dependencies.newId(),
    answer,
    createdAt: dependencies.clock(),
    createdBy: caller.id,
    isComplete,
  })
  await dependencies.store.savePlan(stored)
  const view = viewPlan(stored)
  return { status: 201, headers: { location: view.links.self }, body: view }
}

/** POST .../execute. Answers 200 when the plan is finished, and 202 if the same call must be sent again to continue. */
export async function execute({ event, caller }: Call, dependencies: PlanDependencies): Promise<ApiAnswer> {
  const stored = await findPlan(event.pathParameters?.['planId'], caller, dependencies.store)
  const { plan } = stored
  const { digest, count } = readDecision(ExecuteBody, event)
  if (digest !== plan.digest || count !== plan.count) {
    throw new ProblemError('plan-mismatch', { detail: `the plan has ${plan.count} submissions and another digest` })
  }
  const execution = await executePlan(stored, caller.id, dependencies)
  switch (execution) {
    case 'expired':
      throw new ProblemError('plan-expired', { detail: 'the plan had to be started within an hour; make a new one' })
    case 'stopped':
      throw new ProblemError('plan-stopped', { detail: 'the plan was stopped; make a new one for the rest' })
    case 'finished':
      return { status: 200, body: viewPlan(await again(stored, dependencies)) }
    case 'unfinished':
      return { status: 202, headers: { 'retry-after': '1' }, body: viewPlan(await again(stored, dependencies)) }
  }
}

/** POST .../stop. What was done stays done. A finished plan is answered as it is. */
export async function stopPlan({ event, caller }: Call, dependencies: PlanDependencies): Promise<ApiAnswer> {
  const { store, clock } = dependencies
  const stored = await findPlan(event.pathParameters?.['planId'], caller, store)
  await store.movePlan(stored.plan.planId, {
    from: ['planned', 'running'],
    to: 'stopped',
    at: clock(),
    by: caller.id,
  })
  return { status: 200, body: viewPlan(await again(stored, dependencies)) }
}

async function again({ plan }: StoredPlan, { store }: PlanDependencies): Promise<StoredPlan> {
  const stored = await store.getPlan(plan.planId)
  if (stored === undefined) throw new ProblemError('not-found', { detail: 'the plan has expired' })
  return stored
}
