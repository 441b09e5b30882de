import type * as z from 'zod'
import type { Action, BodyRule, Family } from './actions.ts'
import { type Device, type Identifier, identifierFault, identifierKey, normaliseId, readKind } from './identifiers.ts'

export const maximumDevices = 10_000
const reportedFaults = 20

/** One thing wrong with a body: where (RFC 6901), a stable code, and words. */
export type BodyFault = { pointer: string; code: string; detail: string }

export type ProfileBody = {
  family: Family
  accountName: string
  fields: Record<string, unknown>
  devices: Device[]
}

export type BodyReading = { kind: 'valid'; body: ProfileBody } | { kind: 'invalid'; faults: BodyFault[]; count: number }

const longestStep = 100

/** One step of a JSON pointer (RFC 6901). A name nobody knows may have any length; the answer must not have it too. */
const step = (name: PropertyKey): string =>
  `/${String(name).slice(0, longestStep).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Collects faults: the first few are reported, all are counted. */
class Faults {
  readonly list: BodyFault[] = []
  count = 0
  add(pointer: string, code: string, detail: string): void {
    this.count += 1
    if (this.list.length < reportedFaults) this.list.push({ pointer, code, detail })
  }
}

/**
 * Reads ThingSpace's own request body of an action. Pure; nothing is stored or sent before it says `valid`.
 * The device array is read by a plain loop in one pass: 10,000 devices are the ordinary bulk case, and the position of
 * each fault must be exact.
 */
export function readBody(action: Action, value: unknown): BodyReading {
  const faults = new Faults()
  if (!isRecord(value)) {
    faults.add('', 'not-an-object', 'the body must be a JSON object')
    return invalid(faults)
  }
  const { devices: list, ...members } = value
  const devices = readDevices(list, faults)
  const rule = chooseRule(action, Object.keys(members), members, devices, faults)
  if (rule === undefined) return invalid(faults)

  const fields = rule.fields.safeParse(members, { reportInput: true })
  if (!fields.success) for (const issue of fields.error.issues) addIssue(issue, faults)
  checkKinds(rule, devices, faults)
  if (!fields.success || faults.count > 0) return invalid(faults)

  const { accountName, ...others } = fields.data
  // The schema of every family requires it; this only tells the compiler so.
  if (typeof accountName !== 'string') throw new Error('a body rule without accountName')
  return { kind: 'valid', body: { family: rule.family, accountName, fields: others, devices } }
}

const invalid = (faults: Faults): BodyReading => ({ kind: 'invalid', faults: faults.list, count: faults.count })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readDevices(list: unknown, faults: Faults): Device[] {
  if (!Array.isArray(list)) {
    faults.add('/devices', list === undefined ? 'required' : 'not-an-array', 'devices must be an array of devices')
    return []
  }
  if (list.length === 0) faults.add('/devices', 'empty', 'name at least one device')
  if (list.length > maximumDevices) {
    faults.add('/devices', 'too-many-devices', `at most ${maximumDevices} devices, this body has ${list.length}`)
    return []
  }
  const firstPosition = new Map<string, number>()
  return list.map((entry: unknown, index) => {
    const device = readDevice(entry, `/devices/${index}`, faults)
    const key = sameDeviceKey(device)
    const earlier = firstPosition.get(key)
    if (earlier === undefined) firstPosition.set(key, index)
    else if (key !== '') faults.add(`/devices/${index}`, 'duplicate-device', `the same device as /devices/${earlier}`)
    return device
  })
}

/** EID and ICCID say which profile is meant; a device named with and without its IMEI is still named twice. */
function sameDeviceKey(device: Device): string {
  const named = device.filter(({ kind }) => kind === 'eid' || kind === 'iccid')
  return (named.length > 0 ? named : device).map(identifierKey).toSorted().join(' ')
}

function readDevice(entry: unknown, pointer: string, faults: Faults): Identifier[] {
  if (!isRecord(entry)) {
    faults.add(pointer, 'not-an-object', 'a device is an object with deviceIds')
    return []
  }
  // Verizon's generated SDKs spell the member `ids` in deactivate; the pages say `deviceIds`, and that is what we send.
  const name = entry['deviceIds'] === undefined && entry['ids'] !== undefined ? 'ids' : 'deviceIds'
  const ids = entry[name]
  for (const member of Object.keys(entry)) {
    if (member !== name) faults.add(pointer + step(member), 'unknown-member', 'a device has deviceIds and nothing else')
  }
  if (!Array.isArray(ids) || ids.length === 0) {
    faults.add(`${pointer}/${name}`, 'required', 'deviceIds must hold at least one {kind, id}')
    return []
  }
  const device: Identifier[] = []
  ids.forEach((item: unknown, index) => {
    const identifier = readIdentifier(item, `${pointer}/${name}/${index}`, faults)
    if (identifier === undefined) return
    if (device.some(({ kind }) => kind === identifier.kind)) {
      faults.add(`${pointer}/${name}/${index}/kind`, 'duplicate-kind', `a device has one ${identifier.kind}`)
    } else device.push(identifier)
  })
  return device
}

function readIdentifier(item: unknown, pointer: string, faults: Faults): Identifier | undefined {
  if (!isRecord(item) || typeof item['kind'] !== 'string' || typeof item['id'] !== 'string') {
    faults.add(pointer, 'not-an-identifier', 'an identifier is {kind, id}, both strings')
    return undefined
  }
  const kind = readKind(item['kind'])
  if (kind === undefined) {
    faults.add(`${pointer}/kind`, 'unknown-kind', 'a kind of identifier that ThingSpace does not know')
    return undefined
  }
  for (const member of Object.keys(item)) {
    if (member !== 'kind' && member !== 'id') {
      faults.add(pointer + step(member), 'unknown-member', 'an identifier has kind and id and nothing else')
    }
  }
  // A malformed identifier stays with its device: it is wrong, but it is not missing.
  const fault = identifierFault(kind, item['id'])
  if (fault !== undefined) faults.add(`${pointer}/id`, 'malformed-identifier', fault)
  return { kind, id: normaliseId(kind, item['id']) }
}

const admitsDevice = (rule: BodyRule, device: Device): boolean =>
  device.every(({ kind }) => rule.kinds.includes(kind)) &&
  rule.requiredKinds.every((required) => device.some(({ kind }) => kind === required))

function chooseRule(
  action: Action,
  names: string[],
  members: Record<string, unknown>,
  devices: readonly Device[],
  faults: Faults,
): BodyRule | undefined {
  const knows = (rule: BodyRule, name: string) => rule.fieldNames.some((field) => field === name)
  const marked = (rule: BodyRule) => rule.markedBy === undefined || members[rule.markedBy.field] === rule.markedBy.value
  const byMembers = action.bodies.filter((rule) => names.every((name) => knows(rule, name)) && marked(rule))
  const complete = byMembers.filter((rule) => rule.fields.safeParse(members).success)
  const candidates = complete.length > 0 ? complete : byMembers
  if (candidates.length > 0) {
    const admits = (count: number) => (rule: BodyRule) =>
      devices.length > 0 && devices.slice(0, count).every((device) => admitsDevice(rule, device))
    // Where no family admits them all, the first device decides, and the others' kinds are reported against it.
    return candidates.find(admits(devices.length)) ?? candidates.find(admits(1)) ?? candidates[0]
  }
  const earlier = faults.count
  for (const name of names) {
    if (action.bodies.some((rule) => knows(rule, name))) continue
    faults.add(step(name), 'unknown-member', `${action.name} has no member of this name`)
  }
  if (faults.count === earlier) reportMixture(action, names, knows, faults)
  return undefined
}

/** Every member is known, but to different families: names the first one that does not go with those before it. */
function reportMixture(
  action: Action,
  names: string[],
  knows: (rule: BodyRule, name: string) => boolean,
  faults: Faults,
): void {
  let fitting = action.bodies
  for (const name of names) {
    const narrowed = fitting.filter((rule) => knows(rule, name))
    if (narrowed.length === 0) {
      const families = fitting.map((rule) => rule.family).join(' or ')
      return faults.add(`/${name}`, 'families-mixed', `does not go with the ${families} members before it`)
    }
    fitting = narrowed
  }
  faults.add('', 'families-mixed', 'the members belong to different kinds of request')
}

function checkKinds(rule: BodyRule, devices: Device[], faults: Faults): void {
  devices.forEach((device, index) => {
    // An empty device has been reported already.
    if (device.length === 0) return
    const pointer = `/devices/${index}/deviceIds`
    for (const required of rule.requiredKinds) {
      if (!device.some(({ kind }) => kind === required)) {
        faults.add(pointer, 'missing-identifier', `this request needs an ${required.toUpperCase()} of every device`)
      }
    }
    device.forEach(({ kind }) => {
      if (!rule.kinds.includes(kind)) {
        faults.add(
          pointer,
          'wrong-identifier-kind',
          `an ${kind.toUpperCase()} has no place in this ${rule.family} request`,
        )
      }
    })
  })
}

function addIssue(issue: z.core.$ZodIssue, faults: Faults): void {
  const pointer = issue.path.map(step).join('')
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) faults.add(pointer + step(key), 'unknown-member', 'no member of this name')
  } else {
    const missing = issue.code === 'invalid_type' && issue.input === undefined
    faults.add(pointer, missing ? 'required' : 'invalid', issue.message)
  }
}
