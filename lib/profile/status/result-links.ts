import { type Device, type Identifier, identifierKey, isSameIdentifier, readKind } from '../order/identifiers.ts'
import type { DeviceLink, DeviceStore } from '../request/device-link.ts'
import { isOld, type ProfileRequest } from '../request/request.ts'
import type { Result } from '../request/result.ts'
import { isFinalDevice } from '../request/states.ts'
import type { DecisionRecord } from '../request/submission.ts'
import type { Summary } from '../request/summary.ts'
import { deviceStatusAt, isReported } from './device-states.ts'
import { joinOwnResults } from './matching.ts'
import type { SubmissionEvidence } from './summary.ts'

/**
 * The evidence of a submission. Results received at or after `newsFrom` (epoch milliseconds) are new, so links are written
 * for them even if their device was decided before.
 */
export type NewEvidence = SubmissionEvidence & {
  firstDevice: number
  decisions: readonly DecisionRecord[]
  newsFrom: number
}

/**
 * Writes device links for identifiers that only results name, so that device histories find the request by them. Call it
 * before saving the summary that decides the devices: after a crash in between, the summary is computed again and writes
 * the same links.
 */
export async function writeResultLinks(
  request: ProfileRequest,
  { summary, evidence }: { summary: Summary; evidence: readonly NewEvidence[] },
  store: Pick<DeviceStore, 'writeLinks'>,
): Promise<void> {
  const keptAlike = Map.groupBy(evidence, ({ decisions }) => keptFrom(request, decisions))
  for (const [from, alike] of keptAlike) {
    const links = alike.flatMap((each) => linksOf(request, summary, each))
    if (links.length > 0) await store.writeLinks(links, from)
  }
}

/** The links of one submission: for devices decided by this summary, and for new results of those decided before. */
function linksOf(
  request: ProfileRequest,
  summary: Summary,
  { devices, results, firstDevice, newsFrom }: NewEvidence,
): DeviceLink[] {
  const { requestId, generation, accountName, action, createdAt } = request
  const named = { namedBy: 'result' as const, requestId, generation, accountName, action, createdAt }
  const isNews = (result: Result) => latestOf(result) >= newsFrom
  const decided = devices.map((_device, offset) => decidedIn(request.summary, summary, firstDevice + offset))
  if (!results.some(isNews) && !decided.includes('now')) return []
  return joinOwnResults(devices, results).byDevice.flatMap((own, offset) => {
    const all = decided[offset] === undefined ? [] : own.map(({ result }) => result)
    const relevant = decided[offset] === 'before' ? all.filter(isNews) : all
    const position = firstDevice + offset
    return namedByResults(devices[offset] ?? [], relevant).map((identifier) => ({ identifier, position, ...named }))
  })
}

/**
 * When the retention of the links starts, if a later retry of an old request extended it. The time of the summary is not
 * used, because a repeated summary must write the same links.
 */
export const keptFrom = (request: ProfileRequest, decisions: readonly DecisionRecord[]): number | undefined =>
  decisions.findLast(({ what, at }) => what === 'retry' && isOld(request, at))?.at

/** Whether a device is decided by the newer of two summaries (`now`) or was `before`. Undefined if it is open. */
function decidedIn(before: Summary, after: Summary, position: number): 'now' | 'before' | undefined {
  const isFinal = (summary: Summary) => isFinalDevice(deviceStatusAt(summary, position))
  if (isReported(after, position) ? !isReported(before, position) : isFinal(after) && !isFinal(before)) return 'now'
  return isFinal(after) ? 'before' : undefined
}

const latestOf = ({ receivedAt, others = [] }: Result): number =>
  Math.max(receivedAt, ...others.map((other) => other.receivedAt))

/**
 * The identifiers that results name and the order does not, in any spelling. They include identifiers that ThingSpace
 * assigned.
 */
function namedByResults(device: Device, results: readonly Result[]): Identifier[] {
  const found = new Map<string, Identifier>()
  for (const { identifiers, assigned, others = [] } of results) {
    const given = [assigned, ...others.map((other) => other.assigned)].flatMap(identifiersIn)
    for (const identifier of [...identifiers, ...given]) {
      const key = identifierKey(identifier)
      const isKnown = device.some((own) => isSameIdentifier(own, identifier))
      if (!isKnown && historyKey.test(key)) found.set(key, identifier)
    }
  }
  return [...found.values()]
}

const identifiersIn = (assigned: Result['assigned'] = {}): Identifier[] =>
  Object.entries(assigned).flatMap(([name, id]) => {
    const kind = readKind(name)
    return kind === undefined ? [] : [{ kind, id }]
  })

/** Keys by which a history can be requested. Messages can contain other texts, which must not become table keys. */
const historyKey = /^[a-z]+:[0-9A-F]{10,32}$/
