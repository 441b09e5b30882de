import { useSignal } from '@preact/signals'
import { useAct } from '../../api/act.ts'
import { Request } from '../../api/requests.ts'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { go } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import type { CheckedOrder } from './check-order.ts'
import { forgetDraft } from './draft.ts'

/** The identifiers of the first devices, for a look before the order is sent. */
const firstShown = 3

/** Shows what an order will do, and sends it once the number of devices has been typed. */
export function PlanDialog({ plan, onClose }: { plan: CheckedOrder; onClose: () => void }) {
  const order = useAct(Request)
  // One key for this plan: if the answer is lost, sending it again cannot order twice.
  const key = useSignal(crypto.randomUUID())
  const { action, devices, family, body } = plan
  const { accountName, devices: list, ...members } = body
  const send = async () => {
    const path = `/v1/devices/profile/actions/${action.name}`
    const accepted = await order.act(path, { body, headers: { 'idempotency-key': key.value } })
    if (accepted === undefined) return
    forgetDraft()
    go(`#/requests/${accepted.requestId}`)
  }
  const refused = order.failure?.kind === 'problem' ? order.failure.problem.requestId : undefined
  return (
    <Dialog title="The plan" onClose={onClose}>
      <p>
        Orders <strong>{action.name}</strong> for <strong>{plural(devices, 'device')}</strong> of the account{' '}
        <strong>{accountName}</strong>, as a {family} request.
      </p>
      <ul>
        {Object.entries(members).map(([name, value]) => (
          <li key={name}>
            {name}: {String(value)}
          </li>
        ))}
        <li>
          {action.repeatable
            ? 'If a response is lost, the gateway sends it again: running it twice is harmless.'
            : 'If a response is lost, the gateway waits for callbacks or your decision before it sends it again.'}
        </li>
        <li>Devices without a result {action.resultsWithinSeconds / 3600} hours after ThingSpace accepts it expire.</li>
      </ul>
      <details>
        <summary>
          {devices > firstShown ? `The first ${firstShown} devices` : plural(devices, 'device')}, as they are sent
        </summary>
        <pre>{JSON.stringify(list.slice(0, firstShown), undefined, 1)}</pre>
      </details>
      <ConfirmForm
        button={order.failure === undefined ? 'Send the order' : 'Send the same order again'}
        check={{ count: devices, noun: 'devices' }}
        change={order}
        onConfirm={() => void send()}
      >
        {refused !== undefined && <a href={`#/requests/${refused}`}>Open the refused request</a>}
      </ConfirmForm>
    </Dialog>
  )
}
