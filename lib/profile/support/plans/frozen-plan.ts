import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { ActionName } from '../../order/action-names.ts'
import { SubmissionState } from '../../request/states.ts'
import { Instant } from '../../request/stored-values.ts'
import { Answer } from '../decisions/preview-answers.ts'

/** One submission of a plan, as it was when the plan was made. */
export const PlanItem = z.object({
  requestId: z.string(),
  generation: z.string(),
  submission: z.int(),
  accountName: z.string(),
  action: ActionName,
  deviceCount: z.int(),
  state: SubmissionState,
  attempt: z.int(),
  revision: z.int(),
})
export type PlanItem = z.infer<typeof PlanItem>

/**
 * What became of an item. `changed`: the submission changed after the plan was made, so nothing was done. `held-back`:
 * callbacks that may be about it arrived. `adopted`: it adopted its callbacks and was not sent. `gone`: it has expired.
 */
export const ItemOutcome = z.enum(['done', 'adopted', 'held-back', 'changed', 'gone'])
export type ItemOutcome = z.infer<typeof ItemOutcome>

/** Items that are carried out and stored together. `outcomes` are in their order, and absent until all have one. */
export const PlanPage = z.object({
  page: z.int(),
  items: z.array(PlanItem),
  outcomes: z.optional(z.array(ItemOutcome)),
})
export type PlanPage = z.infer<typeof PlanPage>

export const PlanState = z.enum(['planned', 'running', 'finished', 'stopped'])
export type PlanState = z.infer<typeof PlanState>

/** A preview of one answer for many submissions. Carrying it out does exactly what it lists, or less. */
export const FrozenPlan = z.object({
  planId: z.string(),
  answer: Answer,
  state: PlanState,
  createdAt: Instant,
  createdBy: z.string(),
  /** The plan must be started before this time. */
  startBefore: Instant,
  accounts: z.array(z.string()),
  count: z.int(),
  devices: z.int(),
  /** False if more submissions matched than a plan or one search takes. */
  isComplete: z.boolean(),
  digest: z.string(),
  startedAt: z.optional(Instant),
  startedBy: z.optional(z.string()),
  endedAt: z.optional(Instant),
})
export type FrozenPlan = z.infer<typeof FrozenPlan>

export type StoredPlan = { plan: FrozenPlan; pages: PlanPage[] }

/** Plans, which expire a day after they were made. */
export type PlanStore = {
  savePlan(stored: StoredPlan): Promise<void>
  getPlan(planId: string): Promise<StoredPlan | undefined>
  /** The current state. Undefined if the plan has expired. */
  getPlanState(planId: string): Promise<PlanState | undefined>
  /** Changes the state if it is one of `from`. Returns whether it was. */
  movePlan(
    planId: string,
    move: { from: readonly PlanState[]; to: PlanState; at: number; by: string },
  ): Promise<boolean>
  /** Stores the outcomes of a page, unless it has some already. */
  savePageOutcomes(planId: string, page: number, outcomes: readonly ItemOutcome[]): Promise<void>
}

export const mostItems = 1000
/** An item takes about 300 bytes, so a page stays far below the limit of 400 KB. */
const itemsPerPage = 25
const startWithin = 3_600_000

/** Makes a plan of chosen items. */
export function freezePlan(
  items: readonly PlanItem[],
  about: Pick<FrozenPlan, 'planId' | 'answer' | 'createdAt' | 'createdBy' | 'isComplete'>,
): StoredPlan {
  const pages = Array.from({ length: Math.ceil(items.length / itemsPerPage) }, (_, page) => ({
    page,
    items: items.slice(page * itemsPerPage, (page + 1) * itemsPerPage),
  }))
  const plan: FrozenPlan = {
    ...about,
    state: 'planned',
    startBefore: about.createdAt + startWithin,
    accounts: [...new Set(items.map(({ accountName }) => accountName))],
    count: items.length,
    devices: items.reduce((sum, { deviceCount }) => sum + deviceCount, 0),
    digest: digestOf(about.answer, items),
  }
  return { plan, pages }
}

/** The SHA-256 of what the plan would do, as 64 hexadecimal digits. */
const digestOf = (answer: Answer, items: readonly PlanItem[]): string =>
  createHash('sha256')
    .update(JSON.stringify([answer, items.map((item) => PlanItem.parse(item))]))
    .digest('hex')
