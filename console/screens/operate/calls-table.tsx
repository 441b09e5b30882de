import { useSignal } from '@preact/signals'
import { useAct } from '../../api/act.ts'
import { Flow, Flows } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { actionColumn, Table } from '../../parts/table.tsx'
import { Ago } from '../../parts/time.tsx'
import { flowWord } from '../../words/flows.ts'

/** How many calls at once the gateway makes with each set of credentials, and a way to end a pause. */
export function CallsTable() {
  const watched = useWatch('/v1/operate/flows', Flows, 10)
  const chosen = useSignal<Flow | undefined>(undefined)
  const close = () => {
    chosen.value = undefined
    watched.refresh()
  }
  return (
    <section aria-labelledby="calls">
      <h2 id="calls">Calls</h2>
      <p class="hint">
        While ThingSpace has trouble, the gateway makes fewer calls at once, or none. Orders are held without using up
        attempts. The gateway resumes by itself.
      </p>
      <FailureNotice failure={watched.failure.value} />
      <Table
        label="Limits of calls"
        columns={[
          'Credential set',
          'State',
          'Calls at once',
          { number: 'Failures in a row' },
          'Pause ends',
          actionColumn,
        ]}
      >
        {(watched.value.value?.items ?? []).map((flow) => (
          <Row key={flow.credentialSet} flow={flow} onResume={() => (chosen.value = flow)} />
        ))}
      </Table>
      {chosen.value !== undefined && <ResumeDialog flow={chosen.value} onClose={close} />}
    </section>
  )
}

function Row({ flow, onResume }: { flow: Flow; onResume: () => void }) {
  const { credentialSet, state, limit, largestLimit, underWay, failures, pausedUntil } = flow
  const { word, tone, meaning } = flowWord(state)
  return (
    <tr>
      <td>{credentialSet}</td>
      <td>
        <span class={`state ${tone}`} data-tip={meaning} tabIndex={0}>
          {word}
        </span>
      </td>
      <td>
        {limit} of {largestLimit}
        {underWay !== null && `, ${underWay.single + underWay.bulk} under way`}
      </td>
      <td class="number">{failures}</td>
      <td>{pausedUntil === null ? '–' : <Ago at={pausedUntil} />}</td>
      <td>
        {pausedUntil !== null && (
          <button type="button" onClick={onResume}>
            End the pause…
          </button>
        )}
      </td>
    </tr>
  )
}

function ResumeDialog({ flow: { credentialSet, state }, onClose }: { flow: Flow; onClose: () => void }) {
  const resume = useAct(Flow)
  const confirm = async () => {
    const path = `/v1/operate/flows/${encodeURIComponent(credentialSet)}/resume`
    if ((await resume.act(path, { body: { state } })) !== undefined) onClose()
  }
  return (
    <Dialog title={`End the pause of ${credentialSet}`} onClose={onClose}>
      <p>
        {state === 'paused'
          ? 'ThingSpace asked to wait. End the pause only if it is known to take calls again. New orders are sent at once.'
          : 'All calls failed. The next order tries ThingSpace with a harmless call first, and waits if it is not answered.'}
      </p>
      <p>Orders that are held already ask again within four minutes. Each shows when.</p>
      <ConfirmForm button="End the pause" change={resume} onConfirm={() => void confirm()} />
    </Dialog>
  )
}
