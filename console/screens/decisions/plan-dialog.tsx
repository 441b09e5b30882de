import { useSignal } from '@preact/signals'
import { CountCheck, isTyped } from '../../parts/count-check.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { State } from '../../parts/state.tsx'
import { plural } from '../../words/numbers.ts'
import { save } from '../request/save.ts'
import { type Answer, decide, type Outcome, planAsCsv, type PlannedDecision } from './plan.ts'

const effects: Readonly<Record<Answer, readonly string[]>> = {
  retry: [
    'Each unconfirmed submission is sent to ThingSpace again. If ThingSpace ran it already, it runs twice.',
    'If callbacks arrived that may be about it, the gateway adopts them or refuses, and sends nothing.',
  ],
  'give-up': [
    'Nothing is sent. The devices become expired; a late callback still counts.',
    'Parts that have not been sent are stopped too. The requests cannot be retried afterwards.',
  ],
}

type Props = { answer: Answer; plan: readonly PlannedDecision[]; onClose: () => void }

/** A frozen plan for several requests: what changes, its count, then its progress. A changed request is left alone. */
export function PlanDialog({ answer, plan, onClose }: Props) {
  const frozen = useSignal(plan)
  const outcomes = useSignal<readonly Outcome[]>([])
  const isBusy = useSignal(false)
  const isStopped = useSignal(false)
  const typed = useSignal('')
  const count = frozen.value.reduce((sum, { devices }) => sum + devices, 0)
  const run = async () => {
    isBusy.value = true
    for (const item of frozen.value) {
      if (isStopped.value) break
      outcomes.value = [...outcomes.value, await decide(answer, item)]
    }
    isBusy.value = false
  }
  const isBegun = isBusy.value || outcomes.value.length > 0
  const verb = answer === 'retry' ? 'Retry' : 'Give up'
  return (
    <Dialog title={`${verb} ${plural(frozen.value.length, 'request')}`} onClose={onClose} wide>
      <p>
        Changes the unconfirmed submissions of <strong>{plural(frozen.value.length, 'request')}</strong> with{' '}
        <strong>{plural(count, 'device')}</strong>.{' '}
        <button
          type="button"
          onClick={() => save(new Blob([planAsCsv(answer, frozen.value)], { type: 'text/csv' }), 'decisions.csv')}
        >
          Save the plan as CSV
        </button>
      </p>
      <ul>
        {effects[answer].map((effect) => (
          <li key={effect}>{effect}</li>
        ))}
        <li>A request that changes before its turn is left alone.</li>
      </ul>
      <Items plan={frozen.value} outcomes={outcomes.value} />
      {!isBegun && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (isTyped(typed.value, count)) void run()
          }}
        >
          <CountCheck count={count} noun="devices" typed={typed} />
          <div class="actions">
            <button type="submit" class="primary" disabled={!isTyped(typed.value, count)}>
              {verb}
            </button>
          </div>
        </form>
      )}
      {isBegun && (
        <p role="status">
          {outcomes.value.length} of {frozen.value.length}{' '}
          {isBusy.value ? '…' : isStopped.value ? 'and stopped.' : 'done.'}{' '}
          {isBusy.value && (
            <button type="button" onClick={() => (isStopped.value = true)}>
              Stop
            </button>
          )}
        </p>
      )}
    </Dialog>
  )
}

function Items({ plan, outcomes }: { plan: readonly PlannedDecision[]; outcomes: readonly Outcome[] }) {
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="The requests of the plan">
      <table>
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col">Request</th>
            <th scope="col" class="number">
              Devices
            </th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {plan.map(({ requestId, action, devices }) => {
            const outcome = outcomes.find((each) => each.requestId === requestId)
            return (
              <tr key={requestId}>
                <td>{action}</td>
                <td>
                  <code>{requestId}</code>
                </td>
                <td class="number">{devices}</td>
                <td>{outcome === undefined ? '' : <ShownOutcome outcome={outcome} />}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function ShownOutcome({ outcome }: { outcome: Outcome }) {
  switch (outcome.kind) {
    case 'done':
      return (
        <>
          done, now <State of="request" state={outcome.status} />
        </>
      )
    case 'changed':
      return <>changed since the plan; not touched</>
    case 'failed':
      return <FailureNotice failure={outcome.failure} />
  }
}
