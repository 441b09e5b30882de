import type { PlanStore } from '../../profile/support/plans/frozen-plan.ts'
import { type PlanView, viewPlan } from '../../profile/support/plans/plan-view.ts'
import type { ApiAnswer } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { chooseTableFormat } from '../operate/table-format.ts'
import { csvLine } from '../requests/csv-cell.ts'
import { findPlan } from './find-plan.ts'

/** GET /v1/decisions/plans/{planId}: what the plan lists, and how far it is, as JSON or CSV. */
export async function showPlan(
  caller: Caller,
  { planId, accept }: { planId: string | undefined; accept: string | undefined },
  dependencies: { store: Pick<PlanStore, 'getPlan'> },
): Promise<ApiAnswer> {
  const format = chooseTableFormat(accept)
  const view = viewPlan(await findPlan(planId, caller, dependencies.store))
  if (format === 'json') return { status: 200, body: view }
  return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, body: planCsv(view) }
}

/** New columns must be added at the end, because readers may rely on positions. */
const columns = [
  'requestId',
  'submission',
  'accountName',
  'action',
  'deviceCount',
  'state',
  'attempts',
  'outcome',
] as const

const planCsv = ({ items }: PlanView): string =>
  [csvLine(columns), ...items.map((item) => csvLine(columns.map((column) => item[column])))].join('')
