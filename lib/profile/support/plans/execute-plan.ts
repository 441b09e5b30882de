import { inParallel } from '../../../parallel.ts'
import { cancelRequest } from '../../decision/cancel-request.ts'
import type { ManageDependencies } from '../../decision/manage-dependencies.ts'
import { retryRequest } from '../../decision/retry-request.ts'
import type { ProfileRequest } from '../../request/request.ts'
import type { Submission } from '../../request/submission.ts'
import type { FrozenPlan, ItemOutcome, PlanItem, PlanPage, PlanStore, StoredPlan } from './frozen-plan.ts'

export type ExecuteDependencies = ManageDependencies & { store: ManageDependencies['store'] & PlanStore }

/** `unfinished`: the time was over. The same call continues. */
export type Execution = 'finished' | 'unfinished' | 'stopped' | 'expired'

/** Requests that are decided about side by side. */
const lanes = 5

/**
 * Carries out what a plan lists, page by page, through the same code as `/retry` and `/cancel`. A submission that
 * changed after the plan was made is left alone. Every decision names its plan in the submission, so a repeat of this
 * call, or one after a crash, recognises what the plan has done already. Stops at a page's end if the plan is stopped.
 */
export async function executePlan(
  { plan, pages }: StoredPlan,
  by: string,
  dependencies: ExecuteDependencies,
): Promise<Execution> {
  const { store, clock } = dependencies
  const { planId } = plan
  const stopAt = clock() + dependencies.decideMilliseconds
  if (plan.state === 'finished' || plan.state === 'stopped') return plan.state
  if (plan.state === 'planned') {
    if (clock() >= plan.startBefore) return 'expired'
    await store.movePlan(planId, { from: ['planned'], to: 'running', at: clock(), by })
  }
  for (const page of pages) {
    if (page.outcomes !== undefined) continue
    const state = await store.getPlanState(planId)
    if (state === undefined) return 'expired'
    if (state !== 'running') return state === 'planned' ? 'unfinished' : state
    const outcomes = await carryOutPage(page, { plan, by, stopAt }, dependencies)
    if (outcomes === undefined) return 'unfinished'
    await store.savePageOutcomes(planId, page.page, outcomes)
  }
  await store.movePlan(planId, { from: ['running'], to: 'finished', at: clock(), by })
  return 'finished'
}

type Course = { plan: FrozenPlan; by: string; stopAt: number }

/** Carries out a page. Undefined if the time was over before every item had an outcome. */
async function carryOutPage(
  { items }: PlanPage,
  course: Course,
  dependencies: ExecuteDependencies,
): Promise<ItemOutcome[] | undefined> {
  const outcomes = new Map<PlanItem, ItemOutcome | 'left'>()
  await inParallel(
    [...Map.groupBy(items, ({ requestId }) => requestId).values()],
    async (own) => {
      for (const [item, outcome] of await carryOutItems(own, course, dependencies)) outcomes.set(item, outcome)
    },
    lanes,
  )
  const inOrder = items.flatMap((item) => outcomes.get(item) ?? [])
  const known = inOrder.filter((outcome) => outcome !== 'left')
  return known.length === items.length ? known : undefined
}

/** Carries out the items of one request. */
async function carryOutItems(
  items: readonly PlanItem[],
  course: Course,
  dependencies: ExecuteDependencies,
): Promise<Map<PlanItem, ItemOutcome | 'left'>> {
  const { store, clock } = dependencies
  const { plan, stopAt } = course
  const [{ requestId, generation } = { requestId: '', generation: '' }] = items
  const request = await store.getRequest(requestId)
  if (request === undefined || request.generation !== generation) return new Map(items.map((item) => [item, 'gone']))
  const before = await submissionsOf(request, store)
  const unchanged = items.filter((item) => before.get(item.submission)?.revision === item.revision)
  let left = 0
  if (unchanged.length > 0) {
    if (clock() >= stopAt) left = unchanged.length
    else left = await decide(request, unchanged, course, dependencies)
  }
  const after = unchanged.length > 0 ? await submissionsOf(request, store) : before
  const isCancelled = plan.answer !== 'abandon' && request.cancelledAt !== undefined
  return new Map(items.map((item) => [item, outcomeOf(item, after.get(item.submission), { plan, left, isCancelled })]))
}

async function submissionsOf(request: ProfileRequest, store: ExecuteDependencies['store']) {
  return new Map((await store.listSubmissions(request)).map((each) => [each.submission, each]))
}

/** Decides about submissions of one request. Returns how many were not reached in time. */
async function decide(
  request: ProfileRequest,
  items: readonly PlanItem[],
  { plan, by, stopAt }: Course,
  dependencies: ExecuteDependencies,
): Promise<number> {
  const { planId, answer, count: outOf } = plan
  const asSeen = new Map(items.map((item) => [item.submission, item]))
  const timed = { ...dependencies, decideMilliseconds: stopAt - dependencies.clock() }
  if (answer === 'abandon') {
    return (await cancelRequest(request, { by, abandonUnconfirmed: true, asSeen, planId }, timed)).left
  }
  const despiteCallbacks = answer === 'retry-despite-callbacks'
  const options = { by, only: [...asSeen.keys()], asSeen, despiteCallbacks, planId, outOf }
  return (await retryRequest(request, options, timed)).left
}

/** Reads from the stored submission what became of an item, so that it does not matter which call did it. */
function outcomeOf(
  item: PlanItem,
  current: Submission | undefined,
  { plan, left, isCancelled }: { plan: FrozenPlan; left: number; isCancelled: boolean },
): ItemOutcome | 'left' {
  if (current === undefined) return 'gone'
  if (current.decisions?.some(({ planId }) => planId === plan.planId) === true) return 'done'
  if (current.revision === item.revision) {
    if (isCancelled) return 'changed'
    return left > 0 ? 'left' : 'held-back'
  }
  const adopted = (current.adopted ?? []).length > 0 && current.attempt === item.attempt
  return adopted && current.state === 'submitted' ? 'adopted' : 'changed'
}
