import type { QuarantinedMessage } from '../../lib/profile/callback/quarantine-store.ts'
import { isNotAuthentic, leavesQuarantine, rerunQuarantined } from '../../lib/profile/support/rerun-quarantine.ts'
import type { Call } from '../command.ts'
import { columns } from '../output/columns.ts'
import type { Outcome } from '../outcome.ts'
import { readQuarantined } from '../read-quarantined.ts'
import { createPace } from '../../lib/pace.ts'
import { plural } from '../output/wording.ts'

/**
 * Previews how quarantined messages would be read today, asks for confirmation, and records the ones that are now
 * understood, at most `rate` per second. Messages from an unauthenticated sender are skipped unless `acceptNotAuthentic`.
 */
export async function rerunMessages(
  messages: readonly QuarantinedMessage[],
  { acceptNotAuthentic, rate }: { acceptNotAuthentic: boolean; rate: number },
  call: Call,
): Promise<Outcome> {
  const { terminal, gateway, by } = call
  const wanted = messages.filter((message) => acceptNotAuthentic || !isNotAuthentic(message))
  for (const line of previewOf(messages, acceptNotAuthentic)) terminal.note(line)
  if (wanted.length === 0) return 'nothing'
  if (!(await terminal.confirm(`Read ${plural(wanted.length, 'message')} again?`))) return 'declined'
  const counts: Record<string, number> = {}
  let left = 0
  const pause = createPace(rate)
  const dependencies = {
    store: gateway.store(),
    readCallback: readQuarantined,
    audit: await gateway.audit(),
    log: gateway.log,
  }
  for (const [index, message] of wanted.entries()) {
    const outcome = await rerunQuarantined(message, { acceptNotAuthentic, by }, dependencies)
    const name = outcome.kind === 'not-understood' ? `still not understood (${outcome.reason})` : outcome.kind
    counts[name] = (counts[name] ?? 0) + 1
    if (!leavesQuarantine[outcome.kind]) left += 1
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

/** Counts how the messages would be read, by reason. Records nothing. */
function previewOf(messages: readonly QuarantinedMessage[], acceptNotAuthentic: boolean): string[] {
  const rows = new Map<string, [string, string, number]>()
  for (const message of messages) {
    const reading = readQuarantined(message.raw)
    const today =
      isNotAuthentic(message) && !acceptNotAuthentic
        ? 'skipped: sender not authenticated'
        : reading.kind === 'understood'
          ? 'understood'
          : `not understood (${reading.reason})`
    const [, , count] = rows.get(`${message.reason} ${today}`) ?? ['', '', 0]
    rows.set(`${message.reason} ${today}`, [message.reason, today, count + 1])
  }
  return rows.size === 0
    ? ['No message in quarantine matches.']
    : columns(['reason', 'today', 'messages'], [...rows.values()])
}
