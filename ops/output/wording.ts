import { type Device, maskIdentifier } from '../../lib/profile/order/identifiers.ts'

/** How things are written for people. */
export type Wording = {
  /** An instant: local time, or ISO 8601 in UTC. */
  at: (instant: number) => string
  /** The same with how long ago it was, or how soon it is. */
  when: (instant: number) => string
  device: (device: Device) => string
  /** A command behind `npm run ops --`, about the same gateway as the one that suggests it. */
  words: (command: string) => string
  /** The same as it is typed. */
  command: (command: string) => string
}

/** Which gateway the person named, if any. */
export type NamedTarget = { stage: string | undefined; connection: string | undefined }

const units: readonly [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** A length of time in its largest unit, rounded down. */
export function span(milliseconds: number): string {
  const [unit, length] = units.find(([, size]) => Math.abs(milliseconds) >= size) ?? ['s', 1000]
  return `${Math.floor(Math.abs(milliseconds) / length)} ${unit}`
}

const two = (value: number): string => String(value).padStart(2, '0')

function local(instant: number): string {
  const date = new Date(instant)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** A word that a shell takes as it is. */
const quoted = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

export function createWording(
  { iso, full, now }: { iso: boolean; full: boolean; now: () => number },
  { stage, connection }: NamedTarget,
): Wording {
  const target =
    (stage === undefined ? '' : ` --stage ${quoted(stage)}`) +
    (connection === undefined ? '' : ` --connection ${quoted(connection)}`)
  const words = (command: string) => `${command}${target}`
  const at = (instant: number) => (iso ? new Date(instant).toISOString() : local(instant))
  return {
    at,
    when: (instant) =>
      `${at(instant)} (${instant <= now() ? `${span(now() - instant)} ago` : `in ${span(instant - now())}`})`,
    device: (device) => device.map((each) => (full ? `${each.kind}:${each.id}` : maskIdentifier(each))).join(' '),
    words,
    command: (command) => `npm run ops -- ${words(command)}`,
  }
}

/** Identifiers in data that goes out as JSON: whole, or as people see them. */
export const shownIdentifiers = (device: Device, full: boolean) =>
  full ? device : device.map(({ kind, id }) => ({ kind, id: `...${id.slice(-4)}` }))

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A text with the long digits in it masked, for nobody knows what they are: ThingSpace's words may name a device. */
export const shownText = (text: string, full: boolean): string =>
  full ? text : text.replaceAll(/(?<![\w-])\d{8,}(?![\w-])/g, (digits) => `...${digits.slice(-4)}`)
