import { useSignal } from '@preact/signals'
import { useAct } from '../../api/act.ts'
import { Done, type Listener, Listeners } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { Table } from '../../parts/table.tsx'
import { Ago } from '../../parts/time.tsx'
import { ordersWord, registrationWord } from '../../words/listeners.ts'
import { plural } from '../../words/numbers.ts'

/** Whether the results of each account can arrive: its callback registrations at ThingSpace. */
export function ListenersScreen() {
  const watched = useWatch('/v1/operate/listeners', Listeners, 10)
  const isChecking = useSignal(false)
  const items = watched.value.value?.items
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Listeners</h1>
        <Freshness of={watched} />
      </div>
      <p class="hint">
        ThingSpace sends the results of an account to one address for each service. If the address is not ours, no
        result arrives. The gateway checks each hour.
      </p>
      <FailureNotice failure={watched.failure.value} />
      <div class="actions">
        <button type="button" onClick={() => (isChecking.value = true)}>
          Check and repair now…
        </button>
      </div>
      {items?.length === 0 && <Notice tone="warn" title="This gateway receives the callbacks of no account." />}
      {items !== undefined && items.length > 0 && <ListenerTable items={items} />}
      {isChecking.value && (
        <CheckDialog
          listeners={items ?? []}
          onClose={() => {
            isChecking.value = false
            watched.refresh()
          }}
        />
      )}
    </>
  )
}

function ListenerTable({ items }: { items: readonly Listener[] }) {
  return (
    <Table label="Callback registrations" columns={['Account', 'Service', 'Orders', 'Registration', 'Checked', 'Why']}>
      {items.map(({ accountName, service, orders, reason, state, checkedAt, refusal }) => {
        const shown = ordersWord(orders)
        return (
          <tr key={`${accountName} ${service}`}>
            <td>{accountName}</td>
            <td>{service}</td>
            <td>
              <span class={`state ${shown.tone}`} data-tip={shown.meaning} tabIndex={0}>
                {shown.word}
              </span>
            </td>
            <td>{registrationWord(state)}</td>
            <td>{checkedAt === null ? '' : <Ago at={checkedAt} />}</td>
            <td class="wrap">{[reason, refusal].filter(Boolean).join(': ')}</td>
          </tr>
        )
      })}
    </Table>
  )
}

function CheckDialog({ listeners, onClose }: { listeners: readonly Listener[]; onClose: () => void }) {
  const check = useAct(Done)
  const foreign = listeners.filter(({ state }) => state !== 'current')
  return (
    <Dialog title="Check the registrations now" onClose={onClose}>
      {check.answer === undefined ? (
        <>
          <p>
            Asks ThingSpace about {plural(listeners.length, 'registration')}, and registers again those that are absent.
            One that belongs to another system is replaced only if the deployment allows it (takeOverListener).
          </p>
          <p>{plural(foreign.length, 'registration')} may change.</p>
          <ConfirmForm
            button="Check and repair"
            change={check}
            onConfirm={() => void check.act('/v1/operate/listeners/check')}
          />
        </>
      ) : (
        <Notice tone="good" title="Asked.">
          The list shows the result in a few seconds.
        </Notice>
      )}
    </Dialog>
  )
}
