import type { ActionName } from '../order/action-names.ts'
import type { Fault } from '../request/callback.ts'

/** Codes (without the service name) that say that the device already is what the action makes it. */
const codes: Partial<Record<ActionName, readonly string[]>> = { activate: ['REQUEST_FAILED.DeviceAlreadyActive'] }

/**
 * The texts that say it. ThingSpace documents them for Global IoT without a code, so a text counts if it is the whole
 * message; words within another message may speak of another device.
 */
const texts: Partial<Record<ActionName, readonly string[]>> = {
  activate: ['device is already active'],
  profile_suspend: ['profile is already suspended'],
  profile_resume: ['profile is already resumed'],
  device_suspend: ['profile is already suspended', 'device is already suspended'],
  device_resume: ['profile is already resumed', 'device is already resumed'],
}

/** Classes and codes with a meaning of their own: beside them a text decides nothing. */
const otherMeaning =
  /^(INPUT_INVALID|REQUEST_ONHOLD|REQUEST_CANCELLED|DeserializationFailed)|\.SessionToken\.|^REQUEST_FAILED\.(Account|DeviceNotFound|NoAccounts|MultipleAccounts)/i

/** Whether a fault means that the device already is what this action makes it, which is a success with a note. */
export function settledByState(
  action: ActionName,
  { code, message = '' }: Fault,
): { verdict: 'succeeded'; note: string } | undefined {
  const isCode = codes[action]?.some((known) => known.toLowerCase() === code.toLowerCase()) === true
  const isText = !otherMeaning.test(code) && texts[action]?.includes(plainWords(message)) === true
  if (!isCode && !isText) return undefined
  return { verdict: 'succeeded', note: `it was so already: ${message === '' ? code : message}` }
}

/** A message without its class in front ("REQUEST_FAILED. "), its full stop, casing and spacing. */
const plainWords = (message: string): string =>
  message
    .trim()
    .replace(/^REQUEST_FAILED[.:]\s{0,9}/i, '')
    .replace(/\.$/, '')
    .toLowerCase()
    .split(/\s+/)
    .join(' ')
