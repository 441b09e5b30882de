import { type IdentifierKind, readKind } from '../../profile/order/identifiers.ts'
import { type Branch, branchAt, isBranch, listAt, textAt } from './tree.ts'

/** The names that are shown in the casing of Verizon's other members; all others stay in lower case. */
const shownAs: ReadonlyMap<string, string> = new Map(
  ['ipAddress', 'activationCode', 'confirmationCode', 'matchingId', 'smdpAddress', 'servicePlan', 'qrCode'].map(
    (name) => [name.toLowerCase(), name],
  ),
)

/** What is told elsewhere in a result, or is no value of the line. */
const toldElsewhere =
  /^(euicc.*|error.*|profilestatus|profilerole|state|status|smsroid|callbackcount|maxcallbackthreshold|(de)?activated|suspended|restored|resumed)$/

/** The kinds of identifier that a network gives to a line; EID, IMEI, MEID and ESN are the device's own. */
const givenKinds: ReadonlySet<IdentifierKind> = new Set(['iccid', 'mdn', 'msisdn', 'min', 'imsi'])

const mostValues = 16
const longestName = 64
const longestValue = 512

/**
 * What ThingSpace gave to a line: the identifiers and values in the answer to its action, such as the ICCID of a consumer
 * eSIM, the MDN and the IP address of an activation, or a new activation code. No page shows where a code stands, so every
 * plain value beside the known ones is kept, up to a limit.
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
