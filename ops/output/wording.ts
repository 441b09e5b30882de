import { type Device, maskIdentifier } from '../../lib/profile/order/identifiers.ts'

/** How a command writes times, devices and suggested commands. */
export type Wording = {
  /** Formats an instant (milliseconds since the epoch) in local time, or with `--iso` in ISO 8601 and UTC. */
  at: (instant: number) => string
  /** As `at`, with the distance to now: `(2 h ago)` or `(in 5 min)`. */
  when: (instant: number) => string
  /** Writes the times in a sentence of the gateway, which are in ISO 8601 and UTC, as `at` does. */
  sentence: (text: string) => string
  device: (device: Device) => string
  /** Adds the operator's `--stage` or `--connection` to a suggested command. */
  words: (command: string) => string
  /** As `words`, with `npm run ops --` in front. */
  command: (command: string) => string
}

/** The gateway that the operator named on the command line, if any. */
export type NamedTarget = { stage: string | undefined; connection: string | undefined }

const units: readonly [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** Formats a duration in its largest unit, rounded down: `2 h`. Ignores the sign. */
export function span(milliseconds: number): string {
  const [unit, length] = units.find(([, size]) => Math.abs(milliseconds) >= size) ?? ['s', 1000]
  return `${Math.floor(Math.abs(milliseconds) / length)} ${unit}`
}

const instants = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

const two = (value: number): string => String(value).padStart(2, '0')

function local(instant: number): string {
  const date = new Date(instant)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Quotes a word for a POSIX shell if it needs quotes. */
const quoted = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

/** Creates the wording for one command line. `now` is the clock for "2 h ago". */
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
    sentence: (text) => text.replaceAll(instants, (instant) => at(Date.parse(instant))),
    device: (device) => device.map((each) => (full ? `${each.kind}:${each.id}` : maskIdentifier(each))).join(' '),
    words,
    command: (command) => `npm run ops -- ${words(command)}`,
  }
}

/** The identifiers of a device for JSON answers: in full, or masked to their last four digits. */
export const shownIdentifiers = (device: Device, full: boolean) =>
  full ? device : device.map(({ kind, id }) => ({ kind, id: `...${id.slice(-4)}` }))

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Masks numbers of eight or more digits in a text unless `full`, because ThingSpace's messages may name a device. */
export const shownText = (text: string, full: boolean): string =>
  full ? text : text.replaceAll(/(?<![\w-])\d{8,}(?![\w-])/g, (digits) => `...${digits.slice(-4)}`)
