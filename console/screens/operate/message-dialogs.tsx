import { useSignal } from '@preact/signals'
import { useAct } from '../../api/act.ts'
import { Done, type Message } from '../../api/operate.ts'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Notice } from '../../parts/notice.tsx'

type Props = { message: Message; onClose: () => void }

const pathOf = ({ id }: Message, act: string): string => `/v1/operate/quarantine/${encodeURIComponent(id)}/${act}`

/** Reads the message again and records it as a result, if this version understands it. */
export function RerunDialog({ message, onClose }: Props) {
  const rerun = useAct(Done)
  const vouches = useSignal(false)
  const body = vouches.value ? { acceptUnauthenticated: true } : {}
  return (
    <Dialog title="Run the message again" onClose={onClose}>
      {rerun.answer === undefined ? (
        <>
          <p>
            {message.today.kind === 'understood'
              ? `The gateway records it as a result (${message.today.verdict}). It then leaves quarantine.`
              : 'This version does not understand it, so nothing will be recorded and it stays here.'}
          </p>
          <ConfirmForm
            button="Run again"
            change={rerun}
            isReady={message.isAuthentic || vouches.value}
            onConfirm={() => void rerun.act(pathOf(message, 'rerun'), { body })}
          >
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
          </ConfirmForm>
        </>
      ) : (
        <Notice tone="good" title={`Done: ${rerun.answer.outcome}.`}>
          <a href="#/quarantine">Back to the list</a>
        </Notice>
      )}
    </Dialog>
  )
}

/** Removes the message for good. The audit keeps who did it and why. */
export function DismissDialog({ message, onClose }: Props) {
  const dismiss = useAct(Done)
  const reason = useSignal('')
  const body = { reason: reason.value.trim() }
  return (
    <Dialog title="Dismiss the message" onClose={onClose}>
      {dismiss.answer === undefined ? (
        <>
          <p>The message is removed for good. The audit keeps your name and the reason.</p>
          <ConfirmForm
            button="Dismiss"
            check={{ count: message.count, noun: 'equal messages' }}
            change={dismiss}
            isReady={body.reason !== ''}
            onConfirm={() => void dismiss.act(pathOf(message, 'dismiss'), { body })}
          >
            <label>
              Reason{' '}
              <input
                name="reason"
                maxLength={300}
                value={reason.value}
                onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
              />
            </label>
          </ConfirmForm>
        </>
      ) : (
        <Notice tone="good" title="Dismissed.">
          <a href="#/quarantine">Back to the list</a>
        </Notice>
      )}
    </Dialog>
  )
}
