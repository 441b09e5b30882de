import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inflateRawSync } from 'node:zlib'

// The parts of the format that packaging uses: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

const signatures = { file: 0x04034b50, entry: 0x02014b50 }
const methods = { stored: 0, deflated: 8 }
const endLength = 22

/** Unpacks a zip into a folder and returns the names of its files. Throws if it is not a zip of the usual kind. */
export async function unzip(path: string, folder: string): Promise<string[]> {
  const zip = await readFile(path)
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]), zip.length - endLength)
  if (end < 0) throw new Error(`${path} has no directory`)
  const names: string[] = []
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== signatures.entry) throw new Error(`${path} has a broken directory`)
    const nameLength = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const contents = contentsOf(zip, {
      method: zip.readUInt16LE(at + 10),
      length: zip.readUInt32LE(at + 20),
      offset: zip.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
    if (name.endsWith('/')) continue
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), contents)
    names.push(name)
  }
  return names
}

function contentsOf(zip: Buffer, { method, length, offset }: { method: number; length: number; offset: number }) {
  if (zip.readUInt32LE(offset) !== signatures.file) throw new Error('a file of the zip has no header')
  const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28)
  const packed = zip.subarray(start, start + length)
  if (method === methods.stored) return packed
  if (method !== methods.deflated) throw new Error(`the zip uses the compression method ${method}`)
  return inflateRawSync(packed)
}
