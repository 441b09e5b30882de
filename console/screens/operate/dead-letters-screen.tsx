import { useSignal } from '@preact/signals'
import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { type DeadLetters, DeadLetterQueues } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { actionColumn, Table } from '../../parts/table.tsx'
import { counted } from '../../words/numbers.ts'
import { RedriveDialog } from './redrive-dialog.tsx'

const contents: Readonly<Record<string, string>> = {
  submissions: 'Work: attempts that failed again and again',
  callbacks: 'Results that could not be recorded',
  changes: 'Changes whose events could not be told (npm run ops -- redrive changes)',
}

/** The messages that their queues gave up, and a way to send them back. */
export function DeadLettersScreen() {
  const watched = useWatch('/v1/operate/dead-letters', DeadLetterQueues, 15)
  const opened = useSignal<DeadLetters | undefined>(undefined)
  const failure = useSignal<Failure | undefined>(undefined)
  const close = () => {
    opened.value = undefined
    watched.refresh()
  }
  const look = async (queue: string) => {
    // Reading messages hides them from other readers for half a minute, so it happens only for a decision.
    const reply = await call('/v1/operate/dead-letters?kinds=true', DeadLetterQueues)
    failure.value = reply.kind === 'failed' ? reply.failure : undefined
    if (reply.kind === 'answer') opened.value = reply.value.items.find((each) => each.queue === queue)
  }
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Dead letters</h1>
        <Freshness of={watched} />
      </div>
      <p class="hint">
        Messages that a queue gave up after several tries. Remove the cause first, then send them back.
      </p>
      <FailureNotice failure={watched.failure.value} />
      <FailureNotice failure={failure.value} of="look" />
      <Table label="Dead-letter queues" columns={['Queue', 'Contents', { number: 'Messages' }, actionColumn]}>
        {(watched.value.value?.items ?? []).map(({ queue, count }) => (
          <tr key={queue}>
            <td>{queue}</td>
            <td class="wrap">{contents[queue] ?? ''}</td>
            <td class="number">{counted(count)}</td>
            <td>
              {count > 0 && queue !== 'changes' && (
                <button type="button" onClick={() => void look(queue)}>
                  Send back…
                </button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      {opened.value !== undefined && <RedriveDialog letters={opened.value} onClose={close} />}
    </>
  )
}
