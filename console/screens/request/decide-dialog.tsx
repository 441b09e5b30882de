import { useSignal } from '@preact/signals'
import { useAct } from '../../api/act.ts'
import { Request } from '../../api/requests.ts'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Notice } from '../../parts/notice.tsx'
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
  const decide = useAct(Request)
  const despite = useSignal(false)
  // The preview that the person saw. It must not change under their hands.
  const frozen = useSignal(preview)
  const shown = frozen.value
  if (shown === undefined) return null
  const { title, button, path, body } = words[shown.decision]
  const { answer, failure } = decide
  if (answer !== undefined) {
    return (
      <Dialog title={title} onClose={onClose}>
        <Notice tone="good" title="Done.">
          The request is now <State of="request" state={answer.status} />
        </Notice>
        <p>Submissions now: {inWords(statesOf(answer))}.</p>
      </Dialog>
    )
  }
  const confirm = () =>
    void decide.act(`/v1/requests/${request.requestId}/${path}`, {
      body: despite.value ? { ...body, despiteCallbacks: true } : body,
    })
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
      <ConfirmForm
        button={button}
        check={shown.isFinal ? { count: shown.count, noun: 'submissions' } : undefined}
        change={decide}
        onConfirm={confirm}
      >
        {failure?.kind === 'problem' && failure.problem.code === 'may-have-run' && (
          <label class="check">
            <input
              type="checkbox"
              checked={despite.value}
              onChange={({ currentTarget }) => (despite.value = currentTarget.checked)}
            />{' '}
            I have looked at the devices: send it despite these callbacks
          </label>
        )}
      </ConfirmForm>
    </Dialog>
  )
}

const statesOf = ({ submissions }: Request) =>
  Object.entries(submissions.byState)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => ({ state, count }))
