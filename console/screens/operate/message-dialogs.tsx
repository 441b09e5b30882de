import { useSignal } from '@preact/signals'
import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { Done, type Message } from '../../api/operate.ts'
import { CountCheck, isTyped } from '../../parts/count-check.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'

type Props = { message: Message; onClose: () => void }

const pathOf = ({ id }: Message, act: string): string => `/v1/operate/quarantine/${encodeURIComponent(id)}/${act}`

/** Sends a decision about a message, and keeps what became of it. */
function useDecision(path: string) {
  const failure = useSignal<Failure | undefined>(undefined)
  const outcome = useSignal<string | undefined>(undefined)
  const send = async (body: object): Promise<void> => {
    const reply = await call(path, Done, { method: 'POST', body })
    failure.value = reply.kind === 'failed' ? reply.failure : undefined
    if (reply.kind === 'answer') outcome.value = reply.value.outcome
  }
  return { failure: failure.value, outcome: outcome.value, send }
}

/** Reads the message again and records it as a result, if this version understands it. */
export function RerunDialog({ message, onClose }: Props) {
  const { failure, outcome, send } = useDecision(pathOf(message, 'rerun'))
  const vouches = useSignal(false)
  const isReady = message.isAuthentic || vouches.value
  return (
    <Dialog title="Run the message again" onClose={onClose}>
      {outcome === undefined ? (
        <>
          <p>
            {message.today.kind === 'understood'
              ? `The gateway records it as a result (${message.today.verdict}). It then leaves quarantine.`
              : 'This version does not understand it, so nothing will be recorded and it stays here.'}
          </p>
          {!message.isAuthentic && (
            <label class="check">
              <input
                type="checkbox"
                checked={vouches.value}
                onChange={({ currentTarget }) => (vouches.value = currentTarget.checked)}
              />{' '}
              I know that ThingSpace sent it, although its sender was not authenticated
            </label>
          )}
          <FailureNotice failure={failure} />
          <div class="actions">
            <button
              type="button"
              class="primary"
              disabled={!isReady}
              onClick={() => void send(vouches.value ? { acceptUnauthenticated: true } : {})}
            >
              Run again
            </button>
          </div>
        </>
      ) : (
        <Notice tone="good" title={`Done: ${outcome}.`}>
          <a href="#/quarantine">Back to the list</a>
        </Notice>
      )}
    </Dialog>
  )
}

/** Removes the message for good. The audit keeps who did it and why. */
export function DismissDialog({ message, onClose }: Props) {
  const { failure, outcome, send } = useDecision(pathOf(message, 'dismiss'))
  const reason = useSignal('')
  const typed = useSignal('')
  const isReady = reason.value.trim() !== '' && isTyped(typed.value, message.count)
  return (
    <Dialog title="Dismiss the message" onClose={onClose}>
      {outcome === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (isReady) void send({ reason: reason.value.trim() })
          }}
        >
          <p>The message is removed for good. The audit keeps your name and the reason.</p>
          <label>
            Reason{' '}
            <input
              name="reason"
              maxLength={300}
              value={reason.value}
              onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
            />
          </label>
          <CountCheck count={message.count} noun="equal messages" typed={typed} />
          <FailureNotice failure={failure} />
          <div class="actions">
            <button type="submit" class="primary" disabled={!isReady}>
              Dismiss
            </button>
          </div>
        </form>
      ) : (
        <Notice tone="good" title="Dismissed.">
          <a href="#/quarantine">Back to the list</a>
        </Notice>
      )}
    </Dialog>
  )
}
