import { readWorkMessage } from '../../lib/events/read-work-message.ts'
import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import { isFinalRequest } from '../../lib/profile/request/states.ts'
import type { Submission } from '../../lib/profile/request/submission.ts'
import type { Item } from '../fakes/dynamodb/values.ts'
import { verdictOf } from './callback-bodies.ts'
import { mostCalls, type Told } from './callers.ts'
import { subjectNamed } from './cards.ts'
import { checkAdoption } from './adoption-truth.ts'
import { checkDevice } from './device-truth.ts'
import { checkFailures } from './failure-rules.ts'
import { checkRecovery } from './limits/recovery.ts'
import { checkEvents } from './told-events.ts'
import type { Order } from './orders.ts'
import { Violation } from './violation.ts'
import { keyText, statusOfByte, textIn } from './watch.ts'
import type { Taken, World } from './world.ts'

/** Checks the invariants that must hold when nothing is left to do. Throws the first violation. */
export function checkEnd(world: World): void {
  const { watch, callers, queues, stream } = world
  for (const queue of queues) {
    if (queue.left.length > 0) throw new Violation('I1 durability', `a message was left: ${queue.left[0]?.body}`)
  }
  if (!stream.idle) throw new Violation('I1 durability', 'changes were left in the stream')
  const requests = [...watch.items.values()].filter(
    (item) => item['entity'] === 'request' && !watch.isPast(item),
  ) as (ProfileRequest & Item)[]
  for (const told of callers.told) checkTold(world, told)
  for (const request of requests) checkRequest(world, request)
  for (const taken of world.taken) checkTaken(world, taken)
  checkVisible(world)
  checkKept(world)
  checkNotSent(world)
  checkAdoption(world)
  checkDeadLetters(world)
  checkRecovery(world)
  world.listener.checkEnd()
  checkEvents(world, requests)
  checkFailures(world, requests)
}

const days = 86_400_000
/** Results are kept for 35 days. Items of older ones may be gone. */
const isKept = ({ scheduler }: World, at: number): boolean => scheduler.now < at + 34 * days

/** I7: every understood callback belongs to a request or is listed as an orphan. */
function checkVisible(world: World): void {
  const { watch } = world
  const orphans = new Set<string>()
  for (const item of watch.items.values())
    if (item['entity'] === 'orphan') orphans.add(textIn(item, 'upstreamRequestId'))
  for (const { upstreamRequestId: id, accountName, at } of world.thingSpace.accepted) {
    if (!isKept(world, at) || !world.takenOf(id).some((taken) => taken.accountName === accountName)) continue
    const wasUnderstood = resultsOf(world, id, accountName).length > 0
    if (wasUnderstood && watch.upstreamLink(id) === undefined && !orphans.has(id))
      throw new Violation('I7 visibility', `${id} is neither linked nor an orphan`)
  }
}

/** The outcome of a received response is stored permanently, although one or two writes after it were refused. */
function checkKept(world: World): void {
  const { scheduler, scenario, thingSpace, watch } = world
  const kinds = [...scheduler.plan.values()]
  const isCalm = scenario.outage === undefined && scenario.failing === undefined && scenario.hangs === undefined
  if (!isCalm || kinds.length > 2 || kinds.some((kind) => kind !== 'refused')) return
  for (const { upstreamRequestId: id, at } of thingSpace.accepted) {
    if (thingSpace.answered.has(id) && isKept(world, at) && watch.upstreamLink(id) === undefined)
      throw new Violation('I18 known', `ThingSpace answered ${id}, which has no upstream link`)
  }
}

/** A process that died while it wrote device links had sent nothing, and the submission must show that. */
function checkNotSent(world: World): void {
  const [struck, second] = world.struck
  const isCrash = struck?.fault === 'crash-after' || struck?.fault === 'crash-before'
  if (second !== undefined || struck === undefined || !isCrash || struck.label !== 'BatchWriteCommand') return
  for (const item of world.watch.items.values()) {
    if (item['entity'] !== 'submission') continue
    const { requestId, submission, attempts } = item as Submission & Item
    if (attempts.some(({ cause }) => cause === 'lease-expired'))
      throw new Violation('I3 honesty', `${requestId}/${submission} is unconfirmed although nothing was sent`)
  }
}

function checkTold(world: World, { order, requestId, status, spec, calls, placed }: Told): void {
  const { watch, scheduler, scenario } = world
  if (status === 202 && requestId !== watch.requestIds.get(order)) {
    throw new Violation('I1 durability', `${order} was answered 202 and is not stored`)
  }
  const isHard = scenario.outage !== undefined || scheduler.plan.size > 2
  const isUnanswered = status === undefined || (status >= 500 && !isHard)
  if (spec.caller !== 'once' && isUnanswered && calls >= mostCalls) {
    throw new Violation('I1 durability', `${order} was never answered`)
  }
  if (status === 202 && requestId !== undefined) checkSent(world, placed, requestId)
}

/** I1: every order answered with 202 has been sent since, or is shown as not sent. */
function checkSent({ watch }: World, { mark, spec }: Order, requestId: string): void {
  const request = watch.request(requestId)
  if (request === undefined) return
  const submissions = watch.submissions(requestId)
  for (let position = 0; position < spec.devices; position += 1) {
    if (watch.acceptancesOf(requestId, position, 1).length > 0) continue
    const status = statusOfByte(request.summary.deviceStates[position] ?? 0)
    const submission = submissions.find(
      ({ firstDevice, deviceCount }) => position >= firstDevice && position < firstDevice + deviceCount,
    )
    if (status === 'succeeded' || status === 'warning' || submission?.state === 'submitted')
      throw new Violation(
        'I1 durability',
        `${mark} was answered 202, device ${position} is ${status} and was never sent`,
      )
  }
}

/** I1: every request is final or listed as awaiting a decision, and its stored summary is correct. */
function checkRequest(world: World, request: ProfileRequest): void {
  const { watch } = world
  const { requestId, summary } = request
  const submissions = watch.submissions(requestId)
  const awaiting = submissions.filter(({ awaitsDecision }) => awaitsDecision === true)
  if (!isFinalRequest(summary.status) && !(summary.status === 'unconfirmed' && awaiting.length > 0)) {
    const states = submissions.map(({ state }) => state).join(' ')
    throw new Violation('I1 durability', `request ${requestId} ended as ${summary.status} (${states})`)
  }
  for (const { state, submission, awaitsDecision } of submissions) {
    const isOver =
      state === 'submitted' ||
      state === 'rejected' ||
      state === 'exhausted' ||
      state === 'cancelled' ||
      state === 'abandoned'
    if (!isOver && awaitsDecision !== true) {
      throw new Violation('I1 durability', `submission ${requestId}/${submission} ended as ${state}`)
    }
  }
  for (let position = 0; position < request.deviceCount; position += 1)
    checkDevice(world, request, submissions, position)
}

type StoredResult = Item & {
  verdict: string
  digests: Set<string>
  identifiers: { kind: string; id: string }[]
  accountName: string
  others?: { verdict: string }[]
}

const resultsOf = ({ watch }: World, upstreamRequestId: string, accountName: string): StoredResult[] =>
  [...(watch.results.get(upstreamRequestId) ?? [])]
    .flatMap((key) => (watch.items.get(key) as StoredResult | undefined) ?? [])
    .filter((result) => result.accountName === accountName)

/** I4: every callback that the endpoint accepted is in a result of its device or in quarantine. */
function checkTaken(world: World, taken: Taken): void {
  const { upstreamRequestId, accountName, card, profile, say, named } = taken
  if (!isKept(world, taken.at)) return
  if (say === 'nonsense') {
    const kept = [...world.watch.items.values()].some(
      (item) => item['entity'] === 'quarantine' && textIn(item, 'raw').includes(`"${upstreamRequestId}"`),
    )
    if (!kept)
      throw new Violation(
        'I4 no lost callback',
        `a callback of ${upstreamRequestId} that was not understood is not in quarantine`,
      )
    return
  }
  const verdict = verdictOf[say]
  const isNamed = subjectNamed(named)?.profile !== undefined
  const results = resultsOf(world, upstreamRequestId, accountName).filter(({ identifiers }) => {
    const subject = subjectNamed(identifiers)
    return subject?.card === card && (!isNamed || subject.profile === undefined || subject.profile === profile)
  })
  const heavier = {
    warning: ['warning', 'succeeded', 'failed'],
    succeeded: ['succeeded'],
    failed: ['failed'],
    expired: ['expired'],
  }
  const isReflected = results.some(
    (result) => heavier[verdict].includes(result.verdict) || result.others?.some((other) => other.verdict === verdict),
  )
  const told = new Set(
    world
      .takenOf(upstreamRequestId)
      .flatMap((other) => (other.card === card && other.say !== 'nonsense' ? [other.key] : [])),
  )
  const digests = results.flatMap((result) => [...result.digests]).filter((digest) => !digest.startsWith('reconciled'))
  if (digests.length > told.size) {
    throw new Violation('I6 idempotent', `${digests.length} of ${told.size} messages are kept for ${upstreamRequestId}`)
  }
  if (!isReflected)
    throw new Violation('I4 no lost callback', `${say} of ${upstreamRequestId}, card ${card}, is not stored`)
}

/** Each dead letter is counted in its submission, unless a fault hit the only write that counts it. */
function checkDeadLetters({ submissions, watch, scheduler }: World): void {
  const dead = new Map<string, number>()
  for (const body of [...submissions.single.setAside, ...submissions.bulk.setAside]) {
    const message = readWorkMessage(body)
    if (message.kind === 'part') continue
    const name = `submission ${message.requestId}/${message.submission}`
    dead.set(name, (dead.get(name) ?? 0) + 1)
  }
  for (const [name, times] of dead) {
    const counted = watch.deadLetters.get(name) ?? 0
    if (counted + scheduler.plan.size < times)
      throw new Violation('I1 durability', `${times} dead letters of ${name}, and ${counted} were counted`)
  }
}

/** The table as text, for comparison. */
export const tableText = (items: ReadonlyMap<string, Item>): string =>
  JSON.stringify(
    [...items.values()].map((item) => ({ key: keyText(item), item })).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    (_name, value: unknown) =>
      value instanceof Set ? [...value].map(String).toSorted() : value instanceof Uint8Array ? [...value] : value,
  )
