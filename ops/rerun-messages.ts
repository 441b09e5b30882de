import type { QuarantinedMessage } from '../lib/profile/callback/quarantine-store.ts'
import { isNotAuthentic, rerunQuarantined } from '../lib/profile/support/rerun-quarantine.ts'
import type { CallbackReading } from '../lib/profile/request/callback.ts'
import { readCallback } from '../lib/thingspace/callback/read-callback.ts'
import type { RerunOutcome } from '../lib/profile/support/rerun-quarantine.ts'
import type { Call } from './command.ts'
import { columns } from './output/columns.ts'
import type { Outcome } from './outcome.ts'
import { createPace } from './pace.ts'
import { plural } from './output/wording.ts'

/** Reads what is in quarantine, however long it is: an operator has the time that the function has not. */
export const readKept = (raw: string): CallbackReading => readCallback(raw, { largest: 1_000_000 })

/** Whether the message has left quarantine. What has not is still to be done, so the command has failed at it. */
const isDone: Readonly<Record<RerunOutcome['kind'], boolean>> = {
  recorded: true,
  duplicate: true,
  outranked: true,
  conflict: true,
  'not-understood': false,
  'not-authentic': false,
  'too-much-evidence': false,
  'not-storable': false,
}

/** Says how messages would be read today, asks, and reads them. */
export async function rerunMessages(
  messages: readonly QuarantinedMessage[],
  { acceptNotAuthentic, rate }: { acceptNotAuthentic: boolean; rate: number },
  call: Call,
): Promise<Outcome> {
  const { terminal, gateway, by } = call
  const wanted = messages.filter((message) => acceptNotAuthentic || !isNotAuthentic(message))
  for (const line of previewOf(messages, acceptNotAuthentic)) terminal.note(line)
  if (wanted.length === 0) return 'nothing'
  if (!(await terminal.confirm(`Read ${plural(wanted.length, 'message')} once more?`))) return 'declined'
  const counts: Record<string, number> = {}
  let left = 0
  const pause = createPace(rate)
  const dependencies = { store: gateway.store(), readCallback: readKept, log: gateway.log }
  for (const [index, message] of wanted.entries()) {
    const outcome = await rerunQuarantined(message, { acceptNotAuthentic, by }, dependencies)
    const name = outcome.kind === 'not-understood' ? `still not understood (${outcome.reason})` : outcome.kind
    counts[name] = (counts[name] ?? 0) + 1
    if (!isDone[outcome.kind]) left += 1
    terminal.progress(`${index + 1} of ${plural(wanted.length, 'message')}`, index + 1 === wanted.length)
    if (terminal.isStopping()) break
    await pause()
  }
  terminal.answer(columns(['outcome', 'messages'], Object.entries(counts)), { outcomes: counts })
  if (left > 0)
    terminal.note(`${left} of ${plural(wanted.length, 'message')} ${left === 1 ? 'stays' : 'stay'} in quarantine.`)
  if (terminal.isStopping()) return 'stopped'
  return left > 0 ? 'failed' : 'done'
}

/** What they would be read as, without recording anything. */
function previewOf(messages: readonly QuarantinedMessage[], acceptNotAuthentic: boolean): string[] {
  const rows = new Map<string, [string, string, number]>()
  for (const message of messages) {
    const reading = readKept(message.raw)
    const today =
      isNotAuthentic(message) && !acceptNotAuthentic
        ? "left: not shown to be ThingSpace's"
        : reading.kind === 'understood'
          ? 'understood'
          : `not understood (${reading.reason})`
    const [, , count] = rows.get(`${message.reason} ${today}`) ?? ['', '', 0]
    rows.set(`${message.reason} ${today}`, [message.reason, today, count + 1])
  }
  return rows.size === 0
    ? ['Nothing in quarantine fits.']
    : columns(['reason', 'today', 'messages'], [...rows.values()])
}
