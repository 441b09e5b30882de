import { useSignal } from '@preact/signals'
import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { Request } from '../../api/requests.ts'
import { CountCheck, isTyped } from '../../parts/count-check.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { State } from '../../parts/state.tsx'
import { plural } from '../../words/numbers.ts'
import { type Decision, inWords, type Preview } from './preview.ts'

const words: Readonly<Record<Decision, { title: string; button: string; path: string; body: object }>> = {
  retry: { title: 'Retry this request', button: 'Retry', path: 'retry', body: {} },
  cancel: { title: 'Cancel this request', button: 'Cancel the request', path: 'cancel', body: {} },
  abandon: {
    title: 'Give up what is unconfirmed',
    button: 'Give up',
    path: 'cancel',
    body: { abandonUnconfirmed: true },
  },
}

type Props = { request: Request; preview: Preview | undefined; onClose: () => void }

/** Shows exactly what a decision changes, asks for the count if it is final, does it, and shows what became of it. */
export function DecideDialog({ request, preview, onClose }: Props) {
  const typed = useSignal('')
  const isBusy = useSignal(false)
  const failure = useSignal<Failure | undefined>(undefined)
  const done = useSignal<Request | undefined>(undefined)
  const despite = useSignal(false)
  // The preview that the person saw. It must not change under their hands.
  const frozen = useSignal(preview)
  const shown = frozen.value
  if (shown === undefined) return null
  const { title, button, path, body } = words[shown.decision]
  const mayHaveRun = failure.value?.kind === 'problem' && failure.value.problem.code === 'may-have-run'
  const decide = async () => {
    isBusy.value = true
    failure.value = undefined
    const reply = await call(`/v1/requests/${request.requestId}/${path}`, Request, {
      method: 'POST',
      body: despite.value ? { ...body, despiteCallbacks: true } : body,
    })
    isBusy.value = false
    if (reply.kind === 'failed') failure.value = reply.failure
    else if (reply.kind === 'answer') done.value = reply.value
  }
  if (done.value !== undefined) {
    return (
      <Dialog title={title} onClose={onClose}>
        <Notice tone="good" title="Done.">
          The request is now <State of="request" state={done.value.status} />
        </Notice>
        <p>Submissions now: {inWords(statesOf(done.value))}.</p>
      </Dialog>
    )
  }
  const isReady = !isBusy.value && (!shown.isFinal || isTyped(typed.value, shown.count))
  return (
    <Dialog title={title} onClose={onClose}>
      <p>
        Changes {plural(shown.count, 'submission')} of the {request.action} for{' '}
        {plural(request.devices.total, 'device')}: <strong>{inWords(shown.changes)}</strong>.
      </p>
      {shown.stays.length > 0 && <p>Stays as it is: {inWords(shown.stays)}.</p>}
      <ul>
        {shown.effects.map((effect) => (
          <li key={effect}>{effect}</li>
        ))}
      </ul>
      <FailureNotice failure={failure.value} />
      {mayHaveRun && (
        <label class="check">
          <input
            type="checkbox"
            checked={despite.value}
            onChange={({ currentTarget }) => (despite.value = currentTarget.checked)}
          />{' '}
          I have looked at the devices: send it despite these callbacks
        </label>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) void decide()
        }}
      >
        {shown.isFinal && <CountCheck count={shown.count} noun="submissions" typed={typed} />}
        <div class="actions">
          <button type="submit" class="primary" disabled={!isReady}>
            {isBusy.value ? 'Working…' : button}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const statesOf = ({ submissions }: Request) =>
  Object.entries(submissions.byState)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => ({ state, count }))
