import { useSignal } from '@preact/signals'
import { call } from '../../api/call.ts'
import type { Failure } from '../../api/failure.ts'
import { Request } from '../../api/requests.ts'
import { CountCheck, isTyped } from '../../parts/count-check.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { go } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import type { CheckedOrder } from './check-order.ts'
import { forgetDraft } from './draft.ts'

/** The identifiers of the first devices, for a look before the order is sent. */
const firstShown = 3

/** Shows what an order will do, and sends it once the number of devices has been typed. */
export function PlanDialog({ order, onClose }: { order: CheckedOrder; onClose: () => void }) {
  const typed = useSignal('')
  const isBusy = useSignal(false)
  const failure = useSignal<Failure | undefined>(undefined)
  // One key for this plan: if the answer is lost, sending it again cannot order twice.
  const key = useSignal(crypto.randomUUID())
  const { action, devices, family, body } = order
  const { accountName, devices: list, ...members } = body
  const isReady = !isBusy.value && isTyped(typed.value, devices)
  const send = async () => {
    isBusy.value = true
    const reply = await call(`/v1/devices/profile/actions/${action.name}`, Request, {
      method: 'POST',
      body,
      headers: { 'idempotency-key': key.value },
    })
    isBusy.value = false
    if (reply.kind === 'answer') {
      forgetDraft()
      go(`#/requests/${reply.value.requestId}`)
      return
    }
    failure.value = reply.kind === 'failed' ? reply.failure : undefined
  }
  const refused = failure.value?.kind === 'problem' ? failure.value.problem.requestId : undefined
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
      <FailureNotice failure={failure.value} />
      {refused !== undefined && <a href={`#/requests/${refused}`}>Open the refused request</a>}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) void send()
        }}
      >
        <CountCheck count={devices} noun="devices" typed={typed} />
        <div class="actions">
          <button type="submit" class="primary" disabled={!isReady}>
            {isBusy.value ? 'Sending…' : failure.value === undefined ? 'Send the order' : 'Send the same order again'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
