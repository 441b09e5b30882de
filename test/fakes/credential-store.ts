import type { CredentialRecord, CredentialStore } from '../../lib/thingspace/credentials/ports.ts'

export type FakeCredentialStore = CredentialStore & {
  records: Map<string, CredentialRecord>
  leasesTaken: number
  /** Makes the next call of one kind throw, like a store that is down. */
  failNext(call: 'read' | 'takeLease' | 'save'): void
}

/** The shared record in memory, with the conditions that DynamoDB checks. */
export function fakeCredentialStore(initial?: Record<string, CredentialRecord>): FakeCredentialStore {
  const records = new Map(Object.entries(initial ?? {}))
  const failing = new Set<string>()
  const pause = async (call: string): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve))
    if (failing.delete(call)) throw new Error(`the store is down for ${call}`)
  }
  const empty: CredentialRecord = { epoch: 0, failedLogins: 0 }
  const fake: FakeCredentialStore = {
    records,
    leasesTaken: 0,
    failNext: (call) => void failing.add(call),
    async read(credentialSet) {
      await pause('read')
      const record = records.get(credentialSet)
      return record === undefined ? undefined : { ...record }
    },
    async takeLease(credentialSet, { epoch, leaseUntil, now }) {
      await pause('takeLease')
      const record = records.get(credentialSet) ?? empty
      if (record.epoch !== epoch || (record.leaseUntil ?? 0) > now) return { taken: false }
      records.set(credentialSet, { ...record, leaseUntil })
      fake.leasesTaken += 1
      return { taken: true }
    },
    async save(credentialSet, expectedEpoch, next) {
      await pause('save')
      if ((records.get(credentialSet) ?? empty).epoch !== expectedEpoch) return { saved: false }
      const { leaseUntil: _given, ...record } = next
      records.set(credentialSet, record)
      return { saved: true }
    },
  }
  return fake
}
