import { type Device, type Identifier, IdentifierKind } from '../order/identifiers.ts'
import { PoisonedItem } from './poisoned-item.ts'

/** Number of devices in one manifest part. They take about 36 KB, far below DynamoDB's 400 KB per item. */
export const devicesPerPart = 1000

const version = 1
const kinds = IdentifierKind.options

/**
 * Maximum size of a manifest in the request's own item: four devices of EID and ICCID. The item then stays below the 1
 * KB of one write unit, and the request needs one item less to write and read.
 */
const inlineManifestBytes = 128

/**
 * Packs devices into bytes, two digits per byte. Most devices of a request have the same kinds and lengths of
 * identifiers, so each such pattern is written once. EID, ICCID and IMEI take about 36 bytes, compared with 155 bytes
 * of JSON. Throws if an identifier is not hexadecimal.
 *
 * Layout, with sizes in bytes:
 * - version (1)
 * - number of patterns (2); each pattern: number of identifiers (1), and for each its kind (1) and length in digits (1)
 * - number of devices (2); each device: pattern index (2) and digits, each identifier padded to a whole byte
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
  // Buffer.from stops at the first character that is not hexadecimal, and would drop the remaining devices.
  if (bytes.length * 2 !== text.length) throw new Error('cannot pack an identifier that is not hexadecimal')
  return new Uint8Array(bytes)
}

/** Where the devices of a new request are stored: in the request's own item if they are few, else in items of their own. */
export function manifestOf(devices: readonly Device[]): {
  own: { manifest?: Uint8Array }
  parts: readonly Uint8Array[]
} {
  const parts = partsOf(devices)
  const [manifest] = parts
  const isSmall = manifest !== undefined && manifest.byteLength <= inlineManifestBytes
  return isSmall ? { own: { manifest }, parts: [] } : { own: {}, parts }
}

/** Reverses `packDevices`. Throws if the bytes have another version or are incomplete. */
export function unpackDevices(bytes: Uint8Array): Device[] {
  const reader = byteReader(bytes)
  const found = reader.byte()
  if (found > version) throw new Error(wrongVersion(found))
  if (found < version) throw new PoisonedItem(wrongVersion(found))
  const patterns = Array.from({ length: reader.two() }, () =>
    Array.from({ length: reader.byte() }, () => ({ kind: kindAt(reader.byte()), length: reader.byte() })),
  )
  return Array.from({ length: reader.two() }, (): Identifier[] => {
    const pattern = patterns[reader.two()]
    if (pattern === undefined) throw new PoisonedItem('the manifest refers to a missing pattern')
    return pattern.map(({ kind, length }) => ({ kind, id: reader.digits(length, kind === 'meid') }))
  })
}

/** Packs the devices of a request into manifest parts of `devicesPerPart` each. */
export function partsOf(devices: readonly Device[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let first = 0; first < devices.length; first += devicesPerPart) {
    parts.push(packDevices(devices.slice(first, first + devicesPerPart)))
  }
  return parts
}

/** The numbers of the first and the last part that hold a range of devices. */
export function partsOfRange(firstDevice: number, deviceCount: number): { first: number; last: number } {
  return {
    first: Math.floor(firstDevice / devicesPerPart),
    last: Math.floor((firstDevice + deviceCount - 1) / devicesPerPart),
  }
}

const wrongVersion = (found: number): string => `the manifest has version ${found}, but this code reads ${version}`

const hex = (value: number, bytes: number): string => value.toString(16).padStart(bytes * 2, '0')

function kindAt(index: number): IdentifierKind {
  const kind = kinds[index]
  if (kind === undefined) throw new PoisonedItem(`the manifest has the unknown identifier kind ${index}`)
  return kind
}

function byteReader(bytes: Uint8Array) {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  let at = 0
  const byte = (): number => {
    const value = bytes[at]
    if (value === undefined) throw new PoisonedItem('the manifest part is incomplete')
    at += 1
    return value
  }
  return {
    byte,
    two: (): number => byte() * 256 + byte(),
    digits(length: number, hexadecimal: boolean): string {
      const from = at * 2
      at += Math.ceil(length / 2)
      if (at > bytes.length) throw new PoisonedItem('the manifest part is incomplete')
      const digits = text.slice(from, from + length)
      return hexadecimal ? digits.toUpperCase() : digits
    },
  }
}
