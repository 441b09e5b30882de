import type { Item } from '../fakes/dynamodb/values.ts'
import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Submission } from '../../lib/profile/request/submission.ts'
import { Violation } from './violation.ts'

/** A decision is in the audit before anything else shows it. */
function requireEntry(items: ReadonlyMap<string, Item>, requestId: string, actor: string): void {
  for (const { entity, subject, actor: by } of items.values()) {
    if (entity === 'audit' && subject === requestId && by === actor) return
  }
  throw new Violation('audit', `a decision of ${actor} about ${requestId} had its effect before it was recorded`)
}

/** Checks the decisions that a write adds to a submission. */
export function checkDecision(
  items: ReadonlyMap<string, Item>,
  before: Submission | undefined,
  after: Submission,
): void {
  const last = after.decisions?.at(-1)
  if (last === undefined || last.at === before?.decisions?.at(-1)?.at) return
  requireEntry(items, after.requestId, last.by)
}

/** Checks that an operator who ends a pause of calls is in the audit. */
export function checkResume(items: ReadonlyMap<string, Item>): void {
  for (const { entity, act } of items.values()) if (entity === 'audit' && act === 'flow.resume') return
  throw new Violation('audit', 'a pause of calls was ended before that was recorded')
}

/** Checks the cancellation that a write adds to a request. */
export function checkCancellation(
  items: ReadonlyMap<string, Item>,
  before: ProfileRequest | undefined,
  { requestId, cancelledAt, cancelledBy = '' }: ProfileRequest,
): void {
  if (cancelledAt !== undefined && before?.cancelledAt === undefined) requireEntry(items, requestId, cancelledBy)
}
