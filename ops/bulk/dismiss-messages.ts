import type { QuarantinedMessage } from '../../lib/profile/callback/quarantine-store.ts'
import { dismissQuarantined } from '../../lib/profile/support/dismiss-quarantine.ts'
import type { Call } from '../command.ts'
import type { Outcome } from '../outcome.ts'
import { plural } from '../output/wording.ts'

/**
 * Asks for confirmation and deletes messages from quarantine. The operator's name and `why` are stored for as long as a
 * request is kept. Ctrl-C stops after the current message.
 */
export async function dismissMessages(
  messages: readonly QuarantinedMessage[],
  why: string,
  call: Call,
): Promise<Outcome> {
  const { terminal, gateway, by } = call
  if (messages.length === 0) {
    terminal.note('No message in quarantine matches.')
    return 'nothing'
  }
  if (!(await terminal.confirm(`Dismiss ${plural(messages.length, 'message')} and their text?`))) return 'declined'
  const dependencies = { store: gateway.store(), audit: await gateway.audit(), clock: gateway.clock }
  let dismissed = 0
  for (const message of messages) {
    if (await dismissQuarantined(message, { by, why }, dependencies)) dismissed += 1
    if (terminal.isStopping()) break
  }
  terminal.answer([`Dismissed ${plural(dismissed, 'message')}.`], { dismissed })
  return terminal.isStopping() ? 'stopped' : 'done'
}
