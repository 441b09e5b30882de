import { readPointer } from '../../lib/events/read-pointer.ts'
import { isFinalDevice, isFinalRequest, type ProfileRequest, type Submission } from '../../lib/profile/request.ts'
import type { Item } from '../fakes/dynamodb/values.ts'
import { verdictOf } from './callback-bodies.ts'
import type { Told } from './callers.ts'
import { deviceNumber, firstDeviceOf, keyText, orderOf, statusOfByte, textIn, Violation } from './watch.ts'
import type { Taken, World } from './world.ts'

/** What must hold when nobody has anything left to do. Throws the first violation. */
export function checkEnd(world: World): void {
  const { watch, callers, submissions, callbacks, stream } = world
  for (const queue of [submissions, callbacks]) {
    if (queue.left.length > 0) throw new Violation('I1 durability', `a message was left: ${queue.left[0]?.body}`)
  }
  if (!stream.idle) throw new Violation('I1 durability', 'changes were left in the stream')
  const requests = [...watch.items.values()].filter(({ entity }) => entity === 'request') as (ProfileRequest & Item)[]
  for (const told of callers.told) checkTold(world, told)
  for (const request of requests) checkRequest(world, request)
  for (const taken of world.taken) checkTaken(world, taken)
  for (const acceptance of world.thingSpace.accepted) {
    if (world.takenOf(acceptance.upstreamRequestId).length === 0) continue
    const isKnown = ['MAP', 'ORPHAN'].some((sk) => watch.items.has(`TSR#${acceptance.upstreamRequestId} ${sk}`))
    const wasUnderstood = resultsOf(world, acceptance.upstreamRequestId).length > 0
    if (wasUnderstood && !isKnown)
      throw new Violation('I7 visibility', `nobody knows of ${acceptance.upstreamRequestId}`)
  }
  checkAdoption(world)
  checkDeadLetters(world)
  world.listener.checkEnd()
  checkEvents(world, requests)
}

function checkTold({ watch }: World, { order, requestId, status, spec, calls }: Told): void {
  if (status === 202 && requestId !== watch.requestIds.get(order)) {
    throw new Violation('I1 durability', `${order} was answered 202 and is not stored`)
  }
  if (spec.caller !== 'once' && status === undefined && calls > 10) {
    throw new Violation('I1 durability', `${order} was never answered`)
  }
}

/** I1: final, or waiting for a decision and listed so; and the stored fold says what is true. */
function checkRequest(world: World, request: ProfileRequest): void {
  const { watch } = world
  const { requestId, fold } = request
  const submissions = watch.submissions(requestId)
  const awaiting = submissions.filter(({ awaitsDecision }) => awaitsDecision === true)
  if (!isFinalRequest(fold.status) && !(fold.status === 'unconfirmed' && awaiting.length > 0)) {
    const states = submissions.map(({ state }) => state).join(' ')
    throw new Violation('I1 durability', `request ${requestId} ended as ${fold.status} (${states})`)
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

/** What a device must be, worked out from what ThingSpace did and said, without the gateway's fold. */
function checkDevice(
  world: World,
  request: ProfileRequest,
  submissions: readonly Submission[],
  position: number,
): void {
  const byte = request.fold.deviceStates[position] ?? 0
  const status = statusOfByte(byte)
  const owner = submissions.find(
    ({ firstDevice, deviceCount }) => position >= firstDevice && position < firstDevice + deviceCount,
  )
  const name = `device ${position} of ${request.requestId} (${owner?.state ?? 'never created'})`
  const expect = (allowed: readonly string[], conflict = false): void => {
    if (!allowed.includes(status))
      throw new Violation('I4 no lost callback', `${name} is ${status}, not ${allowed.join(' or ')}`)
    if (byte >= 0x80 !== conflict) throw new Violation('I5 monotone', `${name}: conflict is ${byte >= 0x80}`)
  }
  switch (owner?.state) {
    case undefined:
      return expect(['cancelled'])
    case 'submitted': {
      const device = firstDeviceOf(orderOf(request)) + position
      const verdicts = new Set(
        owner.upstreamRequestIds
          .flatMap((id) => world.takenOf(id))
          .filter((taken) => taken.device === device)
          .flatMap(({ say }) => (say === 'nonsense' ? [] : [verdictOf[say]])),
      )
      verdicts.delete('warning')
      // What was learned by asking is kept like a callback, unless one came first.
      if (verdicts.size === 0 && owner.upstreamRequestIds.some((id) => world.thingSpace.asked.has(id))) {
        return expect(['succeeded', 'expired'])
      }
      return expect(verdicts.size === 0 ? ['expired'] : [...verdicts], verdicts.size > 1)
    }
    case 'rejected':
    case 'exhausted':
      return expect(['failed'])
    case 'cancelled':
      return expect(['cancelled'])
    case 'abandoned':
      return expect(['expired'])
    default:
      return expect(['pending'])
  }
}

type StoredResult = Item & {
  verdict: string
  digests: Set<string>
  identifiers: { id: string }[]
  others?: { verdict: string }[]
}

const resultsOf = ({ watch }: World, upstreamRequestId: string): StoredResult[] =>
  [...(watch.results.get(upstreamRequestId) ?? [])].map((key) => watch.items.get(key) as StoredResult)

/** I4: whatever the door took is reflected in a result of its device, or in quarantine. */
function checkTaken(world: World, taken: Taken): void {
  const { upstreamRequestId, device, say } = taken
  if (say === 'nonsense') {
    const kept = [...world.watch.items.values()].some(
      (item) => item['entity'] === 'quarantine' && textIn(item, 'raw').includes(`"${upstreamRequestId}"`),
    )
    if (!kept) throw new Violation('I4 no lost callback', `what was not understood of ${upstreamRequestId} is gone`)
    return
  }
  const verdict = verdictOf[say]
  const results = resultsOf(world, upstreamRequestId).filter(({ identifiers }) =>
    identifiers.some(({ id }) => deviceNumber(id) === device),
  )
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
    world.takenOf(upstreamRequestId).flatMap((other) => (sameDevice(other, taken) ? [other.say] : [])),
  )
  told.delete('nonsense')
  const digests = results.flatMap((result) => [...result.digests]).filter((digest) => !digest.startsWith('reconciled'))
  if (digests.length > told.size) {
    throw new Violation('I6 idempotent', `${digests.length} of ${told.size} messages are kept for ${upstreamRequestId}`)
  }
  if (!isReflected)
    throw new Violation('I4 no lost callback', `${say} of ${upstreamRequestId}, device ${device}, is not stored`)
}

const sameDevice = (a: Taken, b: Taken): boolean => a.upstreamRequestId === b.upstreamRequestId && a.device === b.device

/** Each pointer that was set aside is noted on its record; a fault may have hit the one note that there is of it. */
function checkDeadLetters({ submissions: { setAside }, watch, scheduler }: World): void {
  const dead = new Map<string, number>()
  for (const body of setAside) {
    const pointer = readPointer(body)
    if (pointer.kind === 'part') continue
    const name = `submission ${pointer.requestId}/${pointer.submission}`
    dead.set(name, (dead.get(name) ?? 0) + 1)
  }
  for (const [name, times] of dead) {
    const noted = watch.deadLetters.get(name) ?? 0
    if (noted + scheduler.plan.size < times)
      throw new Violation('I1 durability', `${times} pointers of ${name} were set aside, and ${noted} were noted`)
  }
}

/** What was lost and has called back belongs to its submission again, if it is the only one it can belong to. */
function checkAdoption({ watch, scenario, taken }: World): void {
  // A clock that is off may place a callback before the attempt it answers; such an orphan stays listed.
  if (scenario.skew !== undefined) return
  for (const [key, item] of watch.items) {
    if (item['entity'] !== 'submission' || item['state'] !== 'unconfirmed') continue
    const submission = item as Submission
    const request = watch.request(submission.requestId)
    if (request === undefined) continue
    const doubted = submission.attempts.filter(({ outcome }) => outcome === 'unknown')
    const own = watch
      .acceptancesOf(submission.requestId, submission.firstDevice, submission.deviceCount)
      .filter(
        ({ upstreamRequestId }) =>
          !watch.items.has(`TSR#${upstreamRequestId} MAP`) &&
          taken.some(
            (callback) =>
              callback.upstreamRequestId === upstreamRequestId &&
              callback.say !== 'nonsense' &&
              doubted.some(({ startedAt }) => startedAt <= callback.at),
          ),
      )
    if (own.length === 0 || rivals(watch.items, submission, request.accountName, watch) > 0) continue
    throw new Violation('I7 visibility', `${key} is in doubt although ${own[0]?.upstreamRequestId} has called back`)
  }
}

/** Other submissions in doubt, on the same account, with one of the same devices. */
function rivals(items: ReadonlyMap<string, Item>, of: Submission, accountName: string, watch: World['watch']): number {
  const span = (submission: Submission) => {
    const request = watch.request(submission.requestId)
    const first = (request === undefined ? 0 : firstDeviceOf(orderOf(request))) + submission.firstDevice
    return { account: request?.accountName, from: first, to: first + submission.deviceCount }
  }
  const own = span(of)
  let count = 0
  for (const item of items.values()) {
    if (item['entity'] !== 'submission' || item['state'] !== 'unconfirmed') continue
    const other = item as Submission
    if (other.requestId === of.requestId && other.submission === of.submission) continue
    const { account, from, to } = span(other)
    if (account === accountName && from < own.to && own.from < to) count += 1
  }
  return count
}

/** At least once, each with its own number: whoever listens learns the end of every device and request. */
function checkEvents({ events }: World, requests: readonly ProfileRequest[]): void {
  const byId = new Map<string, (typeof events)[number]>()
  for (const event of events) {
    const known = byId.get(event.id)
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(event))
      throw new Violation('I6 idempotent', `event ${event.id} came with two contents`)
    byId.set(event.id, event)
  }
  for (const { requestId, fold, deviceCount } of requests) {
    const own = events.flatMap((event) => ('requestId' in event && event.requestId === requestId ? [event] : []))
    if (
      isFinalRequest(fold.status) &&
      !own.some(({ type, status }) => type === 'request.completed' && status === fold.status)
    ) {
      throw new Violation('I4 no lost callback', `nobody was told that ${requestId} is ${fold.status}`)
    }
    const latest = new Map<number | undefined, (typeof own)[number]>()
    for (const event of own)
      if ((latest.get(event.position)?.sequence ?? -1) < event.sequence) latest.set(event.position, event)
    for (let position = 0; position < deviceCount; position += 1) {
      const status = statusOfByte(fold.deviceStates[position] ?? 0)
      if (!isFinalDevice(status)) continue
      const told = latest.get(position)
      if (told?.status !== status) {
        throw new Violation(
          'I4 no lost callback',
          `listeners think device ${position} of ${requestId} is ${told?.status}, not ${status}`,
        )
      }
    }
  }
}

/** The table as text, for comparing. */
export const tableText = (items: ReadonlyMap<string, Item>): string =>
  JSON.stringify(
    [...items.values()].map((item) => ({ key: keyText(item), item })).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    (_name, value: unknown) =>
      value instanceof Set ? [...value].map(String).toSorted() : value instanceof Uint8Array ? [...value] : value,
  )
