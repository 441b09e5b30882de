import { type Findings, isRecord, step } from './body-faults.ts'
import type { DeviceShape } from './device-shape.ts'
import { createDuplicateSearch } from './duplicate-devices.ts'
import { type Device, type Identifier, identifierFault, idOf, normaliseId, readKind } from './identifiers.ts'

/** Maximum number of devices in one request. */
export const maximumDevices = 10_000

/** The devices of a body, how the body wrote them, and the JSON pointer to the identifiers of each device. */
export type DeviceList = { devices: Device[]; shape: DeviceShape; pointerOf: (device: number) => string }

/**
 * Reads the member `devices` of a body in one pass, without a schema: a bulk request has 10,000 devices, and each fault
 * needs its exact pointer. Adds faults to `faults` and leaves out what cannot be read.
 */
export function readDevices(list: unknown, faults: Findings): DeviceList {
  const none: DeviceList = { devices: [], shape: 'deviceIds', pointerOf: () => '/devices' }
  if (!Array.isArray(list)) {
    const code = list === undefined ? 'required' : 'not-an-array'
    faults.add('/devices', code, 'expected an array such as [{"deviceIds": [{"kind": "eid", "id": "..."}]}]')
    return none
  }
  if (list.length === 0) faults.add('/devices', 'empty', 'name at least one device')
  if (list.length > maximumDevices) {
    faults.add(
      '/devices',
      'too-many-devices',
      `at most ${maximumDevices} devices are allowed; this body has ${list.length}`,
    )
    return none
  }
  const shape = shapeOf(list[0])
  // A flat list holds the identifiers of a single device.
  if (shape === 'flat') return { ...none, devices: [readIdentifiers(list, '/devices', faults)], shape }
  const earlierOf = createDuplicateSearch()
  const devices = list.map((entry: unknown, index) => {
    const device = readDevice(entry, { pointer: `/devices/${index}`, shape }, faults)
    const earlier = earlierOf(device, index)
    if (earlier !== undefined)
      faults.add(`/devices/${index}`, 'duplicate-device', `the same device as /devices/${earlier}`)
    return device
  })
  return { devices, shape, pointerOf: (index) => `/devices/${index}${shape === 'lists' ? '' : `/${shape}`}` }
}

/** The first device decides how all devices of a body must be written. */
function shapeOf(first: unknown): DeviceShape {
  if (Array.isArray(first)) return 'lists'
  if (!isRecord(first) || first['deviceIds'] !== undefined) return 'deviceIds'
  if (first['ids'] !== undefined) return 'ids'
  return first['kind'] !== undefined || first['id'] !== undefined ? 'flat' : 'deviceIds'
}

function readDevice(
  entry: unknown,
  { pointer, shape }: { pointer: string; shape: DeviceShape },
  faults: Findings,
): Identifier[] {
  if (shape === 'lists') {
    if (Array.isArray(entry) && entry.length > 0) return readIdentifiers(entry, pointer, faults)
    faults.add(pointer, 'required', 'expected an array of at least one {kind, id}, as in the first device')
    return []
  }
  if (!isRecord(entry)) {
    faults.add(pointer, 'not-an-object', `expected an object with ${shape}`)
    return []
  }
  for (const member in entry) {
    if (member !== shape) faults.add(pointer + step(member), 'unknown-member', `a device has ${shape} only`)
  }
  const ids = entry[shape]
  if (Array.isArray(ids) && ids.length > 0) return readIdentifiers(ids, `${pointer}/${shape}`, faults)
  faults.add(`${pointer}/${shape}`, 'required', `${shape} must hold at least one {kind, id}`)
  return []
}

function readIdentifiers(list: readonly unknown[], pointer: string, faults: Findings): Identifier[] {
  const device: Identifier[] = []
  list.forEach((item, position) => {
    const identifier = readIdentifier(item, (member, code, detail) =>
      faults.add(`${pointer}/${position}${member}`, code, detail),
    )
    if (identifier === undefined) return
    if (idOf(device, identifier.kind) === undefined) device.push(identifier)
    else
      faults.add(
        `${pointer}/${position}/kind`,
        'duplicate-kind',
        `a device has only one identifier '${identifier.kind}'`,
      )
  })
  return device
}

/** Reads one {kind, id}. `fault` builds the pointer, so that 20,000 valid identifiers need none. */
function readIdentifier(
  item: unknown,
  fault: (memberPointer: string, code: string, detail: string) => void,
): Identifier | undefined {
  if (!isRecord(item) || typeof item['kind'] !== 'string' || typeof item['id'] !== 'string') {
    fault('', 'not-an-identifier', 'an identifier is {kind, id}, both strings')
    return undefined
  }
  const kind = readKind(item['kind'])
  if (kind === undefined) {
    fault('/kind', 'unknown-kind', 'ThingSpace has no such identifier kind')
    return undefined
  }
  for (const member in item) {
    if (member === 'kind' || member === 'id') continue
    fault(step(member), 'unknown-member', 'an identifier has kind and id only')
  }
  // Keep a malformed identifier on its device, so that it is not reported as missing as well.
  const malformed = identifierFault(kind, item['id'])
  if (malformed !== undefined) fault('/id', 'malformed-identifier', malformed)
  return { kind, id: normaliseId(kind, item['id']) }
}
