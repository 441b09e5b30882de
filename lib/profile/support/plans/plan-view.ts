import type { ItemOutcome, StoredPlan } from './frozen-plan.ts'

const isoOrNull = (instant: number | undefined): string | null =>
  instant === undefined ? null : new Date(instant).toISOString()

/** A plan with its items and its progress, as the API shows it. */
export function viewPlan({ plan, pages }: StoredPlan) {
  const items = pages.flatMap(({ items: own, outcomes }) =>
    own.map(({ generation: _generation, revision: _revision, attempt, ...item }, index) => ({
      ...item,
      attempts: attempt,
      outcome: outcomes?.[index] ?? null,
    })),
  )
  const withOutcome = (wanted: ItemOutcome | null) => items.filter(({ outcome }) => outcome === wanted).length
  return {
    planId: plan.planId,
    answer: plan.answer,
    state: plan.state,
    createdAt: new Date(plan.createdAt).toISOString(),
    createdBy: plan.createdBy,
    expiresAt: new Date(plan.startBefore).toISOString(),
    startedAt: isoOrNull(plan.startedAt),
    startedBy: plan.startedBy ?? null,
    endedAt: isoOrNull(plan.endedAt),
    accounts: plan.accounts,
    count: plan.count,
    devices: plan.devices,
    complete: plan.isComplete,
    digest: plan.digest,
    progress: {
      done: withOutcome('done'),
      adopted: withOutcome('adopted'),
      heldBack: withOutcome('held-back'),
      changed: withOutcome('changed'),
      gone: withOutcome('gone'),
      left: withOutcome(null),
    },
    items,
    links: { self: `/v1/decisions/plans/${plan.planId}` },
  }
}
export type PlanView = ReturnType<typeof viewPlan>
