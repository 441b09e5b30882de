import { createHash } from 'node:crypto'

const labelled = /\b(eid|iccid|imei|meid|esn|mdn|msisdn|min|imsi)([:#])([0-9A-F]{5,})/gi
const longDigits = /(?<![\w-])\d{10,}(?![\w-])/g
const lastFour = (id: string): string => `...${id.slice(-4)}`

/** A text for the log: identifiers in it, labelled or not, are cut to their last four digits. Ids with dashes stay. */
export const maskText = (text: string): string =>
  text
    .replaceAll(labelled, (_all, kind: string, mark: string, id: string) => `${kind}${mark}${lastFour(id)}`)
    .replaceAll(longDigits, lastFour)

/**
 * Who decided, for the log. A caller is `issuer|subject`, which may be personal data, so a digest stands for it;
 * `operator:<name>` and `gateway` stay as they are.
 */
export const maskCaller = (by: string): string =>
  by.includes('|') ? `caller:${createHash('sha256').update(by).digest('hex').slice(0, 12)}` : by
