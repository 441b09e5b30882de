import type { QuarantinedMessage } from '../../lib/profile/callback/quarantine-store.ts'
import { isNotAuthentic } from '../../lib/profile/support/rerun-quarantine.ts'
import { readQuarantined } from '../read-quarantined.ts'
import type { Call } from '../command.ts'
import type { Outcome } from '../outcome.ts'
import { columns } from './columns.ts'
import { shownText } from './wording.ts'

/** Prints the record of dismissed messages: who dismissed them, when and why. Shows at most `limit` of them. */
export async function answerDismissed({ gateway, terminal, wording }: Call, limit: number): Promise<Outcome> {
  const { rows } = await gateway.store().listDismissed({ limit })
  terminal.answer(
    rows.length === 0
      ? ['No message was dismissed.']
      : columns(
          ['dismissed', 'by', 'why', 'received', 'account', 'reason', 'messages'],
          rows.map(({ at, by, why, receivedAt, accountName, reason, count }) => [
            wording.at(at),
            by,
            why,
            wording.at(receivedAt),
            accountName,
            reason,
            count,
          ]),
        ),
    { dismissed: rows },
  )
  return 'done'
}

const countsOf = (messages: readonly QuarantinedMessage[]) =>
  Object.entries(Object.groupBy(messages, ({ reason }) => reason)).map(([reason, own = []]) => ({
    reason,
    count: own.length,
  }))

/** Prints a list of quarantined messages and their count by reason. */
export function answerList(messages: readonly QuarantinedMessage[], { terminal, wording }: Call): Outcome {
  const rows = messages.map(({ id, receivedAt, accountName, reason, raw, count }) => [
    wording.at(receivedAt),
    accountName,
    reason,
    count,
    `${raw.length}`,
    id,
  ])
  terminal.answer(
    messages.length === 0
      ? ['Nothing is in quarantine.']
      : [
          ...columns(['received', 'account', 'reason', 'times', 'characters', 'id'], rows),
          '',
          ...columns(
            ['reason', 'messages'],
            countsOf(messages).map(({ reason, count }) => [reason, count]),
          ),
        ],
    {
      messages: messages.map(({ raw, receivedAt, ...rest }) => ({
        ...rest,
        receivedAt: new Date(receivedAt).toISOString(),
        characters: raw.length,
      })),
      reasons: countsOf(messages),
    },
  )
  return 'done'
}

/** Prints one quarantined message, with how the callback reader of this version reads it. */
export function answerOne(
  messages: readonly QuarantinedMessage[],
  id: string,
  { terminal, wording, full }: Call,
): Outcome {
  const message = messages.find((each) => each.id === id)
  if (message === undefined) {
    terminal.note(`Quarantine holds no message ${id}.`)
    return 'nothing'
  }
  const reading = readQuarantined(message.raw)
  const now =
    reading.kind === 'understood' ? `understood, as ${reading.callback.verdict}` : `not understood: ${reading.reason}`
  const raw = shownText(message.raw, full)
  terminal.answer(
    [
      `received  ${wording.when(message.receivedAt)}`,
      `account   ${message.accountName}`,
      `reason    ${message.reason}`,
      `today     ${now}${isNotAuthentic(message) ? '; rerun needs --accept-unauthenticated' : ''}`,
      `message   ${raw}`,
    ],
    { ...message, receivedAt: new Date(message.receivedAt).toISOString(), raw, today: now },
  )
  return 'done'
}
