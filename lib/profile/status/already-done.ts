import type { ActionName } from '../order/action-names.ts'
import type { Fault } from '../request/callback.ts'

/** Fault codes, without the service name, which say that the device is already in the state the action leads to. */
const codes: Partial<Record<ActionName, readonly string[]>> = { activate: ['REQUEST_FAILED.DeviceAlreadyActive'] }

/**
 * Fault messages with the same meaning. ThingSpace documents them for Global IoT without a code. A message must match as
 * a whole, because the same words inside a longer message may be about another device.
 */
const texts: Partial<Record<ActionName, readonly string[]>> = {
  activate: ['device is already active'],
  profile_suspend: ['profile is already suspended'],
  profile_resume: ['profile is already resumed'],
  device_suspend: ['profile is already suspended', 'device is already suspended'],
  device_resume: ['profile is already resumed', 'device is already resumed'],
}

/** Fault classes and codes with a meaning of their own. If the code matches, the message is ignored. */
const otherMeaning =
  /^(INPUT_INVALID|REQUEST_ONHOLD|REQUEST_CANCELLED|DeserializationFailed)|\.SessionToken\.|^REQUEST_FAILED\.(Account|DeviceNotFound|NoAccounts|MultipleAccounts)/i

/**
 * Recognises a fault which says that the device is already in the state the action leads to. Such a fault counts as a
 * success with a note. Returns undefined for any other fault.
 */
export function alreadyDone(
  action: ActionName,
  { code, message = '' }: Fault,
): { verdict: 'succeeded'; note: string } | undefined {
  const isCode = codes[action]?.some((known) => known.toLowerCase() === code.toLowerCase()) === true
  const isText = !otherMeaning.test(code) && texts[action]?.includes(plainWords(message)) === true
  if (!isCode && !isText) return undefined
  return { verdict: 'succeeded', note: `already in the requested state: ${message === '' ? code : message}` }
}

/** Normalises a message: removes its class ("REQUEST_FAILED. ") and full stop, and ignores case and spacing. */
const plainWords = (message: string): string =>
  message
    .trim()
    .replace(/^REQUEST_FAILED[.:]\s{0,9}/i, '')
    .replace(/\.$/, '')
    .toLowerCase()
    .split(/\s+/)
    .join(' ')
