import { type Device, writtenForm } from './identifiers.ts'

/**
 * Creates a search for duplicate devices. Call it with each device in turn; it returns the position of an earlier equal
 * device, if any.
 *
 * An identifier may be written with or without its check digit, so each device is stored in both forms. Two devices
 * that are equal only in the form without it are different: their last digits may belong to the number itself.
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
 * The identity of a device: its EID and ICCID if it has any, otherwise all identifiers. So a device with and without
 * its IMEI is the same device. `isShort` leaves out the check digit, which only the ICCID or, without a profile, the
 * IMEI has.
 */
function sameDeviceKey(device: Device, isShort: boolean): string {
  const profile = device.filter(({ kind }) => kind === 'eid' || kind === 'iccid')
  return (profile[0] ? profile : device)
    .map((each) => writtenForm(each, isShort))
    .toSorted()
    .join(' ')
}
