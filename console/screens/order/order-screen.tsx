import { useComputed, useSignal } from '@preact/signals'
import { account } from '../../shell/account.ts'
import { plural } from '../../words/numbers.ts'
import { checkOrder } from './check-order.ts'
import { DevicesField } from './devices-field.tsx'
import { draft, forgetDraft } from './draft.ts'
import { Faults } from './faults.tsx'
import { Members } from './members.tsx'
import { PlanDialog } from './plan-dialog.tsx'

/** A new order: typed, pasted or from a file, checked while it is typed, shown as a plan, then sent. */
export function OrderScreen() {
  const isPlanned = useSignal(false)
  const order = useComputed(() => checkOrder(draft.value, account.value))
  const { devices, faults, faultCount, warnings, family, body } = order.value
  const isEmpty = draft.value.devices.trim() === ''
  const isReady = faultCount === 0
  // An order that has not been typed yet is not wrong.
  const shown = isEmpty ? faults.filter(({ where }) => where !== 'devices') : faults
  return (
    <>
      <h1 tabIndex={-1}>New order</h1>
      <form
        class="order"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) isPlanned.value = true
        }}
      >
        <Members action={order.value.action} />
        <DevicesField />
        <p role="status" class="hint">
          {isReady
            ? `${plural(devices, 'device')}, ready. As a ${family} request for the account ${body.accountName}.`
            : `${plural(devices, 'device')} read.`}
        </p>
        <Faults
          faults={isEmpty && shown.length === faults.length ? [] : shown}
          count={faultCount}
          warnings={warnings}
        />
        <div class="actions">
          <button type="submit" class="primary" disabled={!isReady}>
            Show the plan…
          </button>
          <button type="button" onClick={forgetDraft}>
            Clear
          </button>
        </div>
      </form>
      {isPlanned.value && <PlanDialog plan={order.value} onClose={() => (isPlanned.value = false)} />}
    </>
  )
}
