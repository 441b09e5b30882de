import { useSignal } from '@preact/signals'
import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { type DeadLetters, Redriven } from '../../api/operate.ts'
import { CountCheck, isTyped } from '../../parts/count-check.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { Ago } from '../../parts/time.tsx'
import { plural } from '../../words/numbers.ts'

/** The most messages that one call sends back. */
const mostAtOnce = 1000

/** Shows what is in a dead-letter queue, and sends as many messages back as were seen. */
export function RedriveDialog({ letters, onClose }: { letters: DeadLetters; onClose: () => void }) {
  const typed = useSignal('')
  const isBusy = useSignal(false)
  const failure = useSignal<Failure | undefined>(undefined)
  const done = useSignal<string | undefined>(undefined)
  const count = Math.min(letters.count, mostAtOnce)
  const redrive = async () => {
    isBusy.value = true
    const reply = await call(`/v1/operate/dead-letters/${letters.queue}/redrive`, Redriven, {
      method: 'POST',
      body: { atMost: count },
    })
    isBusy.value = false
    failure.value = reply.kind === 'failed' ? reply.failure : undefined
    if (reply.kind === 'answer') {
      const { sentOn, left, finished } = reply.value
      done.value = `${plural(sentOn, 'message')} sent back, ${left} left${finished ? '' : '; more may be there'}.`
    }
  }
  const isReady = !isBusy.value && isTyped(typed.value, count)
  return (
    <Dialog title={`Send back ${letters.queue}`} onClose={onClose}>
      {done.value === undefined ? (
        <>
          <p>Sends up to {plural(count, 'message')} back to the queue that gave them up. What was read of them:</p>
          <ul>
            {(letters.kinds ?? []).map(({ kind, count: each, oldest }) => (
              <li key={kind}>
                {each} {kind}, the oldest <Ago at={oldest} />
              </li>
            ))}
          </ul>
          <FailureNotice failure={failure.value} />
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (isReady) void redrive()
            }}
          >
            <CountCheck count={count} noun="messages" typed={typed} />
            <button type="submit" class="primary" disabled={!isReady}>
              {isBusy.value ? 'Working…' : 'Send back'}
            </button>
          </form>
        </>
      ) : (
        <Notice tone="good" title={done.value} />
      )}
    </Dialog>
  )
}
