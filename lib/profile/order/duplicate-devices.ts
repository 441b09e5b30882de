import { type Device, writtenForm } from './identifiers.ts'

/**
 * Finds the position of an earlier device that is the same as this one, in one pass. Each is noted as it is written and
 * without its check digit. Two that share only the text without it are two: the digit may be the last one of the number.
 */
export function createDuplicateSearch(): (device: Device, position: number) => number | undefined {
  const written = new Map<string, number>()
  const shortened = new Map<string, number>()
  return (device, position) => {
    const whole = sameDeviceKey(device, false)
    if (whole === '') return undefined
    const short = sameDeviceKey(device, true)
    const found = written.get(whole) ?? shortened.get(whole) ?? written.get(short)
    written.set(whole, found ?? position)
    shortened.set(short, found ?? position)
    return found
  }
}

/**
 * EID and ICCID say which profile is meant; a device named with and without its IMEI is still named twice. At most one of
 * the identifiers that count may have a check digit: the ICCID, or the IMEI where no profile is named.
 */
function sameDeviceKey(device: Device, isShort: boolean): string {
  const profile = device.filter(({ kind }) => kind === 'eid' || kind === 'iccid')
  return (profile[0] ? profile : device)
    .map((each) => writtenForm(each, isShort))
    .toSorted()
    .join(' ')
}
