import { type Findings, isRecord, step } from './body-faults.ts'
import type { DeviceShape } from './device-shape.ts'
import { createDuplicateSearch } from './duplicate-devices.ts'
import { type Device, type Identifier, identifierFault, idOf, normaliseId, readKind } from './identifiers.ts'

export const maximumDevices = 10_000

/** The devices of a body, how they were written there, and where the identifiers of each one stand. */
export type DeviceList = { devices: Device[]; shape: DeviceShape; pointerOf: (device: number) => string }

/**
 * Reads the device array by a plain loop in one pass: 10,000 devices are the ordinary bulk case, and the position of
 * each fault must be exact. What is wrong is left out and noted in `faults`.
 */
export function readDevices(list: unknown, faults: Findings): DeviceList {
  const none: DeviceList = { devices: [], shape: 'deviceIds', pointerOf: () => '/devices' }
  if (!Array.isArray(list)) {
    const code = list === undefined ? 'required' : 'not-an-array'
    faults.add(
      '/devices',
      code,
      'expected an array of devices, such as [{"deviceIds": [{"kind": "eid", "id": "..."}]}]',
    )
    return none
  }
  if (list.length === 0) faults.add('/devices', 'empty', 'name at least one device')
  if (list.length > maximumDevices) {
    faults.add('/devices', 'too-many-devices', `at most ${maximumDevices} devices, this body has ${list.length}`)
    return none
  }
  const shape = shapeOf(list[0])
  // A flat list of identifiers is one device.
  if (shape === 'flat') return { ...none, devices: [readIdentifiers(list, '/devices', faults)], shape }
  const earlierOf = createDuplicateSearch()
  const devices = list.map((entry: unknown, index) => {
    const device = readDevice(entry, index, shape, faults)
    const earlier = earlierOf(device, index)
    if (earlier !== undefined)
      faults.add(`/devices/${index}`, 'duplicate-device', `the same device as /devices/${earlier}`)
    return device
  })
  return { devices, shape, pointerOf: (index) => `/devices/${index}${shape === 'lists' ? '' : `/${shape}`}` }
}

/** All devices of a body are written as its first one. */
function shapeOf(first: unknown): DeviceShape {
  if (Array.isArray(first)) return 'lists'
  if (!isRecord(first) || first['deviceIds'] !== undefined) return 'deviceIds'
  if (first['ids'] !== undefined) return 'ids'
  return first['kind'] !== undefined || first['id'] !== undefined ? 'flat' : 'deviceIds'
}

function readDevice(entry: unknown, index: number, shape: DeviceShape, faults: Findings): Identifier[] {
  const pointer = `/devices/${index}`
  if (shape === 'lists') {
    if (Array.isArray(entry) && entry.length > 0) return readIdentifiers(entry, pointer, faults)
    faults.add(pointer, 'required', 'expected a list of at least one {kind, id}, like the first device')
    return []
  }
  if (!isRecord(entry)) {
    faults.add(pointer, 'not-an-object', `expected an object with ${shape}`)
    return []
  }
  for (const member in entry) {
    if (member !== shape) faults.add(pointer + step(member), 'unknown-member', `a device has ${shape} and nothing else`)
  }
  const ids = entry[shape]
  if (Array.isArray(ids) && ids.length > 0) return readIdentifiers(ids, `${pointer}/${shape}`, faults)
  faults.add(`${pointer}/${shape}`, 'required', `${shape} must hold at least one {kind, id}`)
  return []
}

function readIdentifiers(list: readonly unknown[], pointer: string, faults: Findings): Identifier[] {
  const device: Identifier[] = []
  list.forEach((item, position) => {
    const identifier = readIdentifier(item, pointer, position, faults)
    if (identifier === undefined) return
    if (idOf(device, identifier.kind) === undefined) device.push(identifier)
    else faults.add(`${pointer}/${position}/kind`, 'duplicate-kind', `a device has one identifier '${identifier.kind}'`)
  })
  return device
}

/** Pointers are written only for what is wrong: 20,000 good identifiers need none. */
function readIdentifier(item: unknown, above: string, position: number, faults: Findings): Identifier | undefined {
  if (!isRecord(item) || typeof item['kind'] !== 'string' || typeof item['id'] !== 'string') {
    faults.add(`${above}/${position}`, 'not-an-identifier', 'an identifier is {kind, id}, both strings')
    return undefined
  }
  const kind = readKind(item['kind'])
  if (kind === undefined) {
    faults.add(`${above}/${position}/kind`, 'unknown-kind', 'ThingSpace has no such kind of identifier')
    return undefined
  }
  for (const member in item) {
    if (member === 'kind' || member === 'id') continue
    const detail = 'an identifier has kind and id and nothing else'
    faults.add(`${above}/${position}${step(member)}`, 'unknown-member', detail)
  }
  // A malformed identifier stays with its device: it is wrong, but it is not missing.
  const fault = identifierFault(kind, item['id'])
  if (fault !== undefined) faults.add(`${above}/${position}/id`, 'malformed-identifier', fault)
  return { kind, id: normaliseId(kind, item['id']) }
}
