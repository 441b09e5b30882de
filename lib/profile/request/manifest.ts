import { type Device, type Identifier, IdentifierKind } from '../order/identifiers.ts'
import { PoisonedItem } from './poisoned-item.ts'

/** Devices in one manifest part. 1,000 packed devices are about 36 KB, far below an item's 400 KB. */
export const devicesPerPart = 1000

const version = 1
const kinds = IdentifierKind.options

/**
 * A manifest up to this size (four devices of EID and ICCID) lies in the request's own item, which stays below the 1 KB
 * of one write unit: one item less to write, twice over in a transaction, and to read.
 */
export const inlineManifestBytes = 128

/**
 * Packs devices into bytes: two hexadecimal digits a byte, and the pattern of kinds and lengths, which nearly all
 * devices of a request share, written once. About 36 bytes for EID + ICCID + IMEI, where JSON takes 155.
 *
 * Layout: version (1), number of patterns (2), each pattern: identifier count (1) and per identifier kind (1) and
 * length (1); number of devices (2), each device: pattern index (2) and its digits, each identifier padded to a byte.
 */
export function packDevices(devices: readonly Device[]): Uint8Array {
  const patterns = new Map<string, { index: number; device: Device }>()
  const packed = devices.map((device) => {
    let name = ''
    let digits = ''
    for (const { kind, id } of device) {
      name += `${kind}${id.length} `
      digits += id.length % 2 === 0 ? id : `${id}0`
    }
    const pattern = patterns.get(name) ?? { index: patterns.size, device }
    patterns.set(name, pattern)
    return hex(pattern.index, 2) + digits
  })
  const layouts = [...patterns.values()].map(
    ({ device }) =>
      hex(device.length, 1) + device.map(({ kind, id }) => hex(kinds.indexOf(kind), 1) + hex(id.length, 1)).join(''),
  )
  const text = [hex(version, 1), hex(layouts.length, 2), ...layouts, hex(devices.length, 2), ...packed].join('')
  const bytes = Buffer.from(text, 'hex')
  // Node stops at what is no digit, and would leave the rest of the devices out.
  if (bytes.length * 2 !== text.length) throw new Error('an identifier to be packed holds more than digits')
  return new Uint8Array(bytes)
}

/** Reads what `packDevices` wrote. Throws on bytes of another version or cut short: a record we cannot read is a bug. */
export function unpackDevices(bytes: Uint8Array): Device[] {
  const reader = byteReader(bytes)
  const found = reader.byte()
  if (found > version) throw new Error(`a manifest of version ${found}, this code reads ${version}`)
  if (found < version) throw new PoisonedItem(`a manifest of version ${found}, this code reads ${version}`)
  const patterns = Array.from({ length: reader.two() }, () =>
    Array.from({ length: reader.byte() }, () => ({ kind: kindAt(reader.byte()), length: reader.byte() })),
  )
  return Array.from({ length: reader.two() }, (): Identifier[] => {
    const pattern = patterns[reader.two()]
    if (pattern === undefined) throw new PoisonedItem('a manifest names a pattern it does not hold')
    return pattern.map(({ kind, length }) => ({ kind, id: reader.digits(length, kind === 'meid') }))
  })
}

/** Cuts a request's devices into the parts it is stored in. */
export function partsOf(devices: readonly Device[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let first = 0; first < devices.length; first += devicesPerPart) {
    parts.push(packDevices(devices.slice(first, first + devicesPerPart)))
  }
  return parts
}

/** The first and the last part that hold a range of devices. */
export function partsOfRange(firstDevice: number, deviceCount: number): { first: number; last: number } {
  return {
    first: Math.floor(firstDevice / devicesPerPart),
    last: Math.floor((firstDevice + deviceCount - 1) / devicesPerPart),
  }
}

const hex = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, '0')

function kindAt(index: number): IdentifierKind {
  const kind = kinds[index]
  if (kind === undefined) throw new PoisonedItem(`a manifest holds the unknown identifier kind ${index}`)
  return kind
}

function byteReader(bytes: Uint8Array) {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  let at = 0
  const byte = (): number => {
    const value = bytes[at]
    if (value === undefined) throw new PoisonedItem('a manifest part is cut short')
    at += 1
    return value
  }
  return {
    byte,
    two: (): number => byte() * 256 + byte(),
    digits(length: number, hexadecimal: boolean): string {
      const from = at * 2
      at += Math.ceil(length / 2)
      if (at > bytes.length) throw new PoisonedItem('a manifest part is cut short')
      const digits = text.slice(from, from + length)
      return hexadecimal ? digits.toUpperCase() : digits
    },
  }
}
