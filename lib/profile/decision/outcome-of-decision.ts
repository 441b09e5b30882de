import type { ActOutcome } from '../audit/audit-trail.ts'
import type { RequestDecision } from './change-each.ts'

/** The effect of a decision as the audit records it. */
export const outcomeOfDecision = (decision: RequestDecision): ActOutcome => {
  switch (decision.kind) {
    case 'done':
      return { result: 'done', detail: { submissionsChanged: decision.changed, submissionsLeft: decision.left } }
    case 'nothing-to-do':
      return { result: 'nothing-done', detail: { submissionsLeft: decision.left } }
  }
}
