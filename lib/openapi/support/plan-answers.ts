import * as z from 'zod'
import { ActionName } from '../../profile/order/action-names.ts'
import { SubmissionState } from '../../profile/request/states.ts'
import { ItemOutcome, PlanState } from '../../profile/support/plans/frozen-plan.ts'
import type { PlanView } from '../../profile/support/plans/plan-view.ts'
import { count, instant } from '../answers.ts'
import type { Holds, SameShape } from '../same-shape.ts'

export const Plan = z
  .object({
    planId: z.string(),
    answer: z.enum(['retry', 'retry-despite-callbacks', 'abandon']),
    state: PlanState,
    createdAt: instant,
    createdBy: z.string(),
    expiresAt: instant.meta({ description: 'The plan must be started before this time.' }),
    startedAt: instant.nullable(),
    startedBy: z.string().nullable(),
    endedAt: instant.nullable(),
    accounts: z.array(z.string()),
    count: count.meta({ description: 'Number of submissions.' }),
    devices: count,
    complete: z.boolean().meta({ description: 'False if more may match than this plan lists.' }),
    digest: z.string().meta({ description: 'SHA-256 of what the plan does. `/execute` needs it.' }),
    progress: z.object({
      done: count,
      adopted: count.meta({ description: 'Not sent, because callbacks showed that ThingSpace accepted it.' }),
      heldBack: count.meta({ description: 'Not sent, because callbacks may be about it.' }),
      changed: count.meta({ description: 'Left alone, because it changed after the plan was made.' }),
      gone: count,
      left: count,
    }),
    items: z.array(
      z.object({
        requestId: z.string(),
        submission: count,
        accountName: z.string(),
        action: ActionName,
        deviceCount: count,
        state: SubmissionState,
        attempts: count,
        outcome: z.nullable(ItemOutcome),
      }),
    ),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'DecisionPlan', description: 'A frozen preview of one answer for many submissions.' })

const planId = '5e0c6a53-9c1f-4f5e-9d1a-2f4b8f0c7d21'
export const requestId = '3f6c2f0e-8a55-4c55-9a6e-0b1a6f6d2c11'
export const accountName = '0000123456-00001'
export const digest = 'a'.repeat(64)
export const planExample = {
  planId,
  answer: 'retry',
  state: 'planned',
  createdAt: '2026-11-22T10:00:00.000Z',
  createdBy: 'https://issuer.example|sub:kim',
  expiresAt: '2026-11-22T11:00:00.000Z',
  startedAt: null,
  startedBy: null,
  endedAt: null,
  accounts: [accountName],
  count: 1,
  devices: 1,
  complete: true,
  digest,
  progress: { done: 0, adopted: 0, heldBack: 0, changed: 0, gone: 0, left: 1 },
  items: [
    {
      requestId,
      submission: 0,
      accountName,
      action: 'download',
      deviceCount: 1,
      state: 'unconfirmed',
      attempts: 1,
      outcome: null,
    },
  ],
  links: { self: `/v1/decisions/plans/${planId}` },
}
export const planCsvExample = [
  'requestId,submission,accountName,action,deviceCount,state,attempts,outcome',
  `${requestId},0,${accountName},download,1,unconfirmed,1,`,
  '',
].join('\r\n')

/** Makes the compiler prove that the schema describes exactly what is built. @public */
export type Proof = [Holds<SameShape<z.infer<typeof Plan>, PlanView>>]
