import { useSignal } from '@preact/signals'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { save } from '../../parts/save.ts'
import { State } from '../../parts/state.tsx'
import { Table } from '../../parts/table.tsx'
import { plural } from '../../words/numbers.ts'
import { carryOut, nameOf, type Outcome, planAsCsv, type Planned } from './plan.ts'

type Props = { verb: string; plan: readonly Planned[]; onClose: () => void }

/** A frozen plan for several decisions: what each changes, the count, then its progress. A changed one is left alone. */
export function PlanDialog({ verb, plan, onClose }: Props) {
  const frozen = useSignal(plan)
  const outcomes = useSignal<ReadonlyMap<string, Outcome>>(new Map())
  const isBusy = useSignal(false)
  const isStopped = useSignal(false)
  const items = frozen.value
  const count = items.reduce((sum, { answer }) => sum + answer.devices, 0)
  const run = async () => {
    isBusy.value = true
    for (const item of items) {
      if (isStopped.value) break
      outcomes.value = new Map(outcomes.value).set(nameOf(item.decision), await carryOut(item))
    }
    isBusy.value = false
  }
  const isBegun = isBusy.value || outcomes.value.size > 0
  return (
    <Dialog title={`${verb}: ${plural(items.length, 'decision')}`} onClose={onClose} wide>
      <p>
        Changes <strong>{plural(items.length, 'submission')}</strong> with <strong>{plural(count, 'device')}</strong>,
        and nothing else. One that changes before its turn is left alone.{' '}
        <button type="button" onClick={() => save(new Blob([planAsCsv(items)], { type: 'text/csv' }), 'decisions.csv')}>
          Save the plan as CSV
        </button>
      </p>
      <Items plan={items} outcomes={outcomes.value} />
      {!isBegun && <ConfirmForm button={verb} check={{ count, noun: 'devices' }} onConfirm={() => void run()} />}
      {isBegun && (
        <p role="status">
          {outcomes.value.size} of {items.length} {isBusy.value ? '…' : isStopped.value ? 'and stopped.' : 'done.'}{' '}
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

function Items({ plan, outcomes }: { plan: readonly Planned[]; outcomes: ReadonlyMap<string, Outcome> }) {
  return (
    <Table label="The decisions of the plan" columns={['Action', { number: 'Devices' }, 'What it does', 'Result']}>
      {plan.map(({ decision, answer }) => {
        const outcome = outcomes.get(nameOf(decision))
        return (
          <tr key={nameOf(decision)}>
            <td>{decision.action}</td>
            <td class="number">{answer.devices}</td>
            <td class="wrap">{answer.text}</td>
            <td>{outcome === undefined ? '' : <ShownOutcome outcome={outcome} />}</td>
          </tr>
        )
      })}
    </Table>
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
      return <FailureNotice failure={outcome.failure} of="change" />
  }
}
