import { type Faults, isRecord, step } from './body-faults.ts'
import {
  type Device,
  type Identifier,
  identifierFault,
  identifierKey,
  idOf,
  normaliseId,
  readKind,
} from './identifiers.ts'

export const maximumDevices = 10_000

/**
 * Reads the device array by a plain loop in one pass: 10,000 devices are the ordinary bulk case, and the position of
 * each fault must be exact. What is wrong is left out and noted in `faults`.
 */
export function readDevices(list: unknown, faults: Faults): Device[] {
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
    const device = readDevice(entry, index, faults)
    const key = sameDeviceKey(device)
    const earlier = firstPosition.get(key)
    if (earlier === undefined) firstPosition.set(key, index)
    else if (key !== '') faults.add(pointerTo(index), 'duplicate-device', `the same device as ${pointerTo(earlier)}`)
    return device
  })
}

/** Written only for what is wrong: 20,000 good identifiers need no pointers. */
const pointerTo = (...steps: (string | number)[]): string => `/devices/${steps.join('/')}`

/** EID and ICCID say which profile is meant; a device named with and without its IMEI is still named twice. */
function sameDeviceKey(device: Device): string {
  const eid = idOf(device, 'eid')
  const iccid = idOf(device, 'iccid')
  return eid === undefined && iccid === undefined
    ? device.map(identifierKey).toSorted().join(' ')
    : `${eid ?? ''} ${iccid ?? ''}`
}

function readDevice(entry: unknown, index: number, faults: Faults): Identifier[] {
  if (!isRecord(entry)) {
    faults.add(pointerTo(index), 'not-an-object', 'a device is an object with deviceIds')
    return []
  }
  // Verizon's generated SDKs spell the member `ids` in deactivate; the pages say `deviceIds`, and that is what we send.
  const name = entry['deviceIds'] === undefined && entry['ids'] !== undefined ? 'ids' : 'deviceIds'
  const ids = entry[name]
  for (const member in entry) {
    if (member === name) continue
    faults.add(pointerTo(index) + step(member), 'unknown-member', 'a device has deviceIds and nothing else')
  }
  if (!Array.isArray(ids) || ids.length === 0) {
    faults.add(pointerTo(index, name), 'required', 'deviceIds must hold at least one {kind, id}')
    return []
  }
  const device: Identifier[] = []
  ids.forEach((item: unknown, position) => {
    const identifier = readIdentifier(item, [index, name, position], faults)
    if (identifier === undefined) return
    if (idOf(device, identifier.kind) === undefined) device.push(identifier)
    else faults.add(pointerTo(index, name, position, 'kind'), 'duplicate-kind', `a device has one ${identifier.kind}`)
  })
  return device
}

function readIdentifier(
  item: unknown,
  place: [index: number, name: string, position: number],
  faults: Faults,
): Identifier | undefined {
  if (!isRecord(item) || typeof item['kind'] !== 'string' || typeof item['id'] !== 'string') {
    faults.add(pointerTo(...place), 'not-an-identifier', 'an identifier is {kind, id}, both strings')
    return undefined
  }
  const kind = readKind(item['kind'])
  if (kind === undefined) {
    faults.add(pointerTo(...place, 'kind'), 'unknown-kind', 'a kind of identifier that ThingSpace does not know')
    return undefined
  }
  for (const member in item) {
    if (member === 'kind' || member === 'id') continue
    faults.add(pointerTo(...place) + step(member), 'unknown-member', 'an identifier has kind and id and nothing else')
  }
  // A malformed identifier stays with its device: it is wrong, but it is not missing.
  const fault = identifierFault(kind, item['id'])
  if (fault !== undefined) faults.add(pointerTo(...place, 'id'), 'malformed-identifier', fault)
  return { kind, id: normaliseId(kind, item['id']) }
}
