import type { Clock, Log } from '../ports.ts'
import type { Admission, AdmissionReason, Admit } from '../submission/admission.ts'
import type { ListenerRecord, ListenerStore } from './listener-store.ts'

export type AdmitDependencies = {
  /** The accounts whose callbacks this deployment receives. */
  accounts: readonly string[]
  /** What happens to an order whose results cannot arrive. */
  unserved: 'refuse' | 'accept'
  store: Pick<ListenerStore, 'listListeners'>
  clock: Clock
  log: Log
}

/** How long a container believes what it has read. */
const freshMilliseconds = 60_000

type Held = { records: readonly ListenerRecord[]; readAt: number }

/**
 * Creates the check of the account of an order. It compares the account with the settings, and with what keep-listener
 * last found out for it. It reads the table once a minute for each container and account. If the read fails, it goes by
 * the last one.
 */
export function createAdmit({ accounts, unserved, store, clock, log }: AdmitDependencies): Admit {
  const held = new Map<string, Held>()

  const recordsOf = async (accountName: string): Promise<readonly ListenerRecord[] | undefined> => {
    const known = held.get(accountName)
    if (known !== undefined && clock() < known.readAt + freshMilliseconds) return known.records
    try {
      const records = await store.listListeners(accountName)
      held.set(accountName, { records, readAt: clock() })
      return records
    } catch (error) {
      log.warn('listener state not read', { accountName, cause: error instanceof Error ? error.name : 'unknown' })
      return known?.records
    }
  }

  return async ({ accountName, services }) => {
    // The account of an order is any text, so only configured ones are read and held.
    const records = accounts.includes(accountName) ? await recordsOf(accountName) : []
    const judged = accounts.includes(accountName)
      ? joined(services.map((service) => judgeRecords(records, service)))
      : ({ kind: 'refused', reason: 'not-configured' } as const)
    const admission: Admission =
      judged.kind === 'refused' && unserved === 'accept' ? { kind: 'unserved', reason: judged.reason } : judged
    if (admission.kind !== 'admitted') {
      log.warn('account not served', { accountName, outcome: admission.kind, reason: admission.reason })
    }
    return admission
  }
}

/**
 * Judges one service of an account by its record. What is known for certain refuses; a doubt does not, because it must
 * not stop a fleet. Without a record, keep-listener has never run for the account, so nothing is registered.
 */
export function judgeRecords(records: readonly ListenerRecord[] | undefined, service: string): Admission {
  if (records === undefined) return { kind: 'in-doubt', reason: 'not-read' }
  const record = records.find((each) => each.service === service)
  if (record === undefined) return { kind: 'refused', reason: 'never-registered' }
  switch (knownStateOf(record)) {
    case 'current':
    case 'repaired':
      return { kind: 'admitted' }
    case 'absent':
      return { kind: 'refused', reason: 'absent' }
    case 'other-address':
      return { kind: 'refused', reason: 'other-address' }
    case 'old-credentials':
      return { kind: 'in-doubt', reason: 'old-credentials' }
    default:
      return { kind: 'in-doubt', reason: 'not-checked' }
  }
}

/** The last state that was read from ThingSpace. A later check that could not read it does not replace it. */
const knownStateOf = ({ state, known }: ListenerRecord): string => known?.state ?? state

/** A body can fit families with different services. If only some of them are served, the order is in doubt. */
function joined(judged: readonly Admission[]): Admission {
  const worst =
    judged.find(({ kind }) => kind === 'refused') ??
    judged.find(({ kind }) => kind !== 'admitted') ??
    ({ kind: 'admitted' } as const)
  return worst.kind === 'refused' && judged.some(({ kind }) => kind !== 'refused')
    ? { kind: 'in-doubt', reason: worst.reason }
    : worst
}

/** A sentence about the account for the caller of the API. */
export const admissionText: Readonly<Record<AdmissionReason, string>> = {
  'not-configured': 'this gateway is not set up to receive the results of this account',
  'never-registered': 'no callback URL has been registered for this account yet',
  absent: 'ThingSpace has no callback URL for this account, so its results would be lost',
  'other-address': 'ThingSpace sends the results of this account to another system',
  'old-credentials': 'the callback registration of this account has an outdated password',
  'not-checked': 'the callback registration of this account could not be checked yet',
  'not-read': 'whether this account has a callback registration could not be read',
}
