import { createHash } from 'node:crypto'
import type { ActionName } from './action-names.ts'
import { isRecord } from './body-faults.ts'
import { identifierKey } from './identifiers.ts'
import type { ProfileBody } from './read-body.ts'

/**
 * Equal for two orders that ask for the same. The order of members, the order of a device's identifiers, the casing of
 * kinds and the way in which devices are written do not matter; the order of the devices does.
 */
export function fingerprintOf(action: ActionName, body: ProfileBody): string {
  const hash = createHash('sha256').update(JSON.stringify([action, body.accountName, sorted(body.fields)]))
  for (const device of body.devices) hash.update(`${device.map(identifierKey).toSorted().join(' ')}\n`)
  return hash.digest('base64url')
}

/** A JSON value with the members of all its objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)])
}
