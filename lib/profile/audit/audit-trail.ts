import type { Clock, Log } from '../ports.ts'
import type { AuditDetail, AuditedAct, AuditIntent, AuditOrigin, AuditOutcome } from './audit-entry.ts'
import type { AuditStore } from './audit-store.ts'

/** An act as its use case describes it before it begins. */
export type ActDescription = {
  act: AuditedAct
  actor: string
  accountName?: string | undefined
  subject: string
  detail?: AuditDetail
}

export type ActOutcome = { result: AuditOutcome['result']; detail?: AuditDetail }

/** Records acts. `begin` throws if the act could not be recorded; the caller must then not carry it out. */
export type AuditTrail = {
  /** Returns a function that records the outcome. That function never throws, because the act has happened. */
  begin(description: ActDescription): Promise<(outcome: ActOutcome) => Promise<void>>
}

export type AuditTrailDependencies = {
  store: Pick<AuditStore, 'appendAudit' | 'appendOutcome'>
  origin: AuditOrigin
  newId: () => string
  clock: Clock
  log: Log
}

const longestText = 500

/** Cuts long texts, so that an entry stays within two write units. */
const bounded = (detail: AuditDetail): AuditDetail =>
  Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.slice(0, longestText).toWellFormed() : value,
    ]),
  )

/** Creates the trail of one function or of one operator's command. */
export function createAuditTrail({ store, origin, newId, clock, log }: AuditTrailDependencies): AuditTrail {
  return {
    async begin({ act, actor, accountName, subject, detail = {} }) {
      const intent: AuditIntent = {
        id: newId(),
        at: clock(),
        act,
        actor,
        subject: subject.slice(0, longestText),
        detail: bounded(detail),
        ...(accountName === undefined ? {} : { accountName }),
        ...origin,
      }
      try {
        await store.appendAudit(intent)
      } catch (error) {
        log.error('audit entry not stored', { act, error })
        throw error
      }
      return async (outcome) => {
        try {
          await store.appendOutcome(intent, {
            at: clock(),
            result: outcome.result,
            detail: bounded(outcome.detail ?? {}),
          })
        } catch (error) {
          log.error('audit outcome not stored', { act, error })
        }
      }
    },
  }
}

/**
 * Records an act, carries it out, and records its outcome. Throws before the effect if the act could not be recorded,
 * and passes on an error of the effect after recording it as failed.
 */
export async function audited<Result>(
  trail: AuditTrail,
  description: ActDescription,
  { effect, outcomeOf }: { effect: () => Promise<Result>; outcomeOf: (result: Result) => ActOutcome },
): Promise<Result> {
  const end = await trail.begin(description)
  let result: Result
  try {
    result = await effect()
  } catch (error) {
    await end({ result: 'failed', detail: { error: error instanceof Error ? error.name : 'unknown' } })
    throw error
  }
  await end(outcomeOf(result))
  return result
}
