import { createHash } from 'node:crypto'

const labelled = /\b(eid|iccid|imei|meid|esn|mdn|msisdn|min|imsi)([:#])([0-9A-F]{5,})/gi
const longDigits = /(?<![\w-])\d{10,}(?![\w-])/g
/** An identifier without all but its last four characters. */
export const lastFour = (id: string): string => `...${id.slice(-4)}`

/**
 * Cuts each device identifier in a log text to its last four digits: labelled ones (`eid:89...`, as in table keys) and
 * any run of 10 or more digits. Ids with dashes, such as UUIDs, stay readable.
 * Credentials are masked in lib/thingspace, before a text is stored or logged.
 */
export const maskForLog = (text: string): string =>
  text
    .replaceAll(labelled, (_all, kind: string, mark: string, id: string) => `${kind}${mark}${lastFour(id)}`)
    .replaceAll(longDigits, lastFour)

/**
 * The author of a decision, for the log. A caller of the API (`issuer|subject`) may be personal data, so it becomes a
 * digest. `operator:<name>` and `gateway` stay readable.
 */
export const maskCaller = (by: string): string =>
  by.includes('|') ? `caller:${createHash('sha256').update(by).digest('hex').slice(0, 12)}` : by
