/** The meaning of an error code of ThingSpace, and what to do about it. */
export type CodeMeaning = { meaning: string; cure: string }

/**
 * What is known of the codes, by their name without the service. docs/thingspace.md has the sources. Pairs of numbers
 * like `8.2.1,3.9` are not here, because Verizon's texts contradict GSMA's meanings.
 */
const known: Readonly<Record<string, CodeMeaning>> = {
  'INPUT_INVALID.Request.InvalidCharacter': {
    meaning: 'a text has an apostrophe, < or backslash',
    cure: 'order again without the character',
  },
  'REQUEST_FAILED.UnexpectedError': {
    meaning: 'a value is wrong, or ThingSpace does not say more',
    cure: 'check the values; if they are right, order again later',
  },
  'REQUEST_FAILED.AccountNotFound': {
    meaning: 'the account is unknown, or does not belong to this user',
    cure: 'check the account name and the credentials of the account',
  },
  'REQUEST_FAILED.AccountName': {
    meaning: 'the account is unknown, or does not belong to this user',
    cure: 'check the account name and the credentials of the account',
  },
  'INPUT_INVALID.Device.Kind.Invalid': {
    meaning: 'ThingSpace does not take this kind of identifier here',
    cure: 'order again with other identifiers',
  },
  'INPUT_INVALID.Device.Identifier.Invalid': { meaning: 'an identifier is wrong', cure: 'correct it and order again' },
  'REQUEST_FAILED.DeviceNotFound': {
    meaning: 'the device is not on the account',
    cure: 'add the device to the account, then order again',
  },
  'INPUT_INVALID.Device.Account.Invalid': {
    meaning: 'the device is not on the account',
    cure: 'add the device to the account, then order again',
  },
  'INPUT_INVALID.DeviceState.Invalid': {
    meaning: 'the device is not active',
    cure: 'activate it, then order again',
  },
  'REQUEST_FAILED.DeviceAlreadyActive': { meaning: 'the device is active already', cure: 'nothing is to be done' },
  'INPUT_INVALID.NumberofDevices': { meaning: 'too many devices in one call', cure: 'order fewer devices at once' },
  'INPUT_INVALID.MaxRequestsExceeded': { meaning: 'too many devices in one call', cure: 'order fewer devices at once' },
  '1.2,4.4': { meaning: 'the card is busy', cure: 'order again later' },
  '1.6,5.3': { meaning: 'the time to reach the card is over', cure: 'order again when the device is reachable' },
}

/** What a code means, or undefined for an unknown one. Ignores the name of the service in front of it. */
export const meaningOf = (code: string): CodeMeaning | undefined =>
  Object.entries(known).find(([name]) => code === name || code.endsWith(`.${name}`))?.[1]

/** The meaning of a failure without a code. */
export const meaningWithoutCode: Readonly<Record<'failed' | 'expired', CodeMeaning>> = {
  failed: { meaning: 'ThingSpace reported a failure without a code', cure: 'see the message of each device' },
  expired: {
    meaning: 'no final result arrived in time, or the order was given up while unconfirmed',
    cure: 'check the devices at ThingSpace; a late result still counts',
  },
}

/** The codes with a known meaning. */
export const knownCodes: readonly string[] = Object.keys(known)
