import { type IdentifierKind, readKind } from '../../profile/order/identifiers.ts'
import { type Branch, branchAt, isBranch, listAt, textAt } from './tree.ts'

/** Names shown in the casing of Verizon's other members. All other names are shown in lower case. */
const shownAs: ReadonlyMap<string, string> = new Map(
  ['ipAddress', 'activationCode', 'confirmationCode', 'matchingId', 'smdpAddress', 'servicePlan', 'qrCode'].map(
    (name) => [name.toLowerCase(), name],
  ),
)

/** Members that a result shows elsewhere, or that are no values of the line. */
const toldElsewhere =
  /^(euicc.*|error.*|profilestatus|profilerole|state|status|smsroid|callbackcount|maxcallbackthreshold|(de)?activated|suspended|restored|resumed)$/

/** Kinds of identifier that a network assigns to a line. EID, IMEI, MEID and ESN belong to the device itself. */
const givenKinds: ReadonlySet<IdentifierKind> = new Set(['iccid', 'mdn', 'msisdn', 'min', 'imsi'])

const mostValues = 16
const longestName = 64
const longestValue = 512

/**
 * Collects the identifiers and values that ThingSpace assigned to a line: the ICCID of a consumer eSIM, the MDN and the
 * IP address of an activation, a new activation code. ThingSpace's pages do not show where an activation code is, so
 * every unknown plain value is collected, up to 16 of at most 512 characters. Returns `undefined` if there are none.
 */
export function assignedIn(root: Branch): Record<string, string> | undefined {
  const response = branchAt(root, 'deviceresponse')
  const parts = Object.keys(response ?? {})
    .filter((name) => !name.startsWith('fault'))
    .map((name) => branchAt(response, name))
    .filter((part) => part !== undefined)
  const found = new Map<string, string>()
  const keep = (name: string, value: string | undefined) => {
    const shown = shownAs.get(name) ?? name
    if (value === undefined || value.length > longestValue || name.length > longestName || found.has(shown)) return
    if (found.size < mostValues) found.set(shown, value)
  }
  for (const part of parts) {
    for (const identifier of listAt(part, 'deviceidentifiercollection')) {
      if (!isBranch(identifier)) continue
      const kind = readKind(textAt(identifier, 'kind') ?? '')
      if (kind !== undefined && givenKinds.has(kind))
        keep(kind, textAt(identifier, 'id') ?? textAt(identifier, 'identifier'))
    }
    for (const name of Object.keys(part)) if (!toldElsewhere.test(name)) keep(name, textAt(part, name))
  }
  for (const name of shownAs.keys()) keep(name, textAt(root, name) ?? textAt(response, name))
  return found.size === 0 ? undefined : Object.fromEntries(found)
}
