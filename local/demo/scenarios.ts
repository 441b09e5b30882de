import type { Scenario } from './scenario.ts'
import { badInput } from './scenarios/bad-input.ts'
import { bulkScenarios } from './scenarios/bulk.ts'
import { documentedRequests } from './scenarios/documented.ts'
import { history } from './scenarios/history.ts'
import { idempotency } from './scenarios/idempotency.ts'
import { lostAnswer } from './scenarios/lost-answer.ts'
import { notUnderstood } from './scenarios/not-understood.ts'
import { orderAgain } from './scenarios/order-again.ts'
import { outage } from './scenarios/outage.ts'

/** The scenarios of the demo, in the order in which they are played. */
export const scenarios: readonly Scenario[] = [
  ...documentedRequests,
  ...bulkScenarios(),
  outage,
  idempotency,
  history,
  orderAgain,
  badInput,
  notUnderstood,
  lostAnswer(),
]
