const words: Readonly<Record<string, string>> = {
  'no-verdict': 'It does not say whether the device succeeded.',
  'no-known-identifier': 'It names no identifier that the gateway knows.',
  'no-request-id': 'It names no request.',
  'not-json': 'It is not JSON.',
  'too-large': 'It is too large.',
  'too-many-messages': 'There are too many messages about one device.',
  unauthenticated: 'Its sender did not prove who it is.',
  'unlisted-address': 'It came from an address that ThingSpace does not list.',
  'several-devices': 'It names several devices in one message.',
}

/** Why a message is in quarantine, in words. A reason that is not known is shown as it is. */
export const reasonWords = (reason: string): string => words[reason] ?? reason.replaceAll('-', ' ')
