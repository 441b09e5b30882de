import { createHash } from 'node:crypto'
import type { ActionName } from './action-names.ts'
import { isRecord } from './body-faults.ts'
import { identifierKey } from './identifiers.ts'
import type { ProfileBody } from './read-body.ts'

/**
 * Hashes the content of an order, to tell a replay from another body under the same Idempotency-Key. The order of the
 * devices matters. The order of members and of a device's identifiers, the casing of kinds, and how the devices are
 * written do not.
 */
export function fingerprintOf(action: ActionName, body: ProfileBody): string {
  const hash = createHash('sha256').update(JSON.stringify([action, body.accountName, sorted(body.fields)]))
  for (const device of body.devices) hash.update(`${device.map(identifierKey).toSorted().join(' ')}\n`)
  return hash.digest('base64url')
}

/** A JSON value with the members of all objects sorted by name. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)])
}
