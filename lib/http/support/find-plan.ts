import type { PlanStore, StoredPlan } from '../../profile/support/plans/frozen-plan.ts'
import { type Caller, mayUse } from '../caller.ts'
import { ProblemError } from '../problem.ts'

/** Finds the plan of a path. A plan is found by callers who may use all of its accounts, whoever made it. */
export async function findPlan(
  planId: string | undefined,
  caller: Caller,
  store: Pick<PlanStore, 'getPlan'>,
): Promise<StoredPlan> {
  const stored = planId !== undefined && /^[\w-]{1,64}$/.test(planId) ? await store.getPlan(planId) : undefined
  if (stored?.plan.accounts.every((accountName) => mayUse(caller, accountName)) === true) return stored
  throw new ProblemError('not-found', { detail: 'you have no plan with this id' })
}
