import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ConfirmForm } from '../../parts/confirm-form.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { counted, plural } from '../../words/numbers.ts'
import { planReorders, type PlannedReorder, type ReorderFilter, sendReorder, type Sent } from './plan-reorders.ts'

const reasons: Readonly<Record<string, string>> = {
  'not-failed': 'did not fail',
  'may-still-succeed': 'may still succeed: a late result may come, and the action is not repeatable',
  'ordered-again': 'were ordered again already',
}

type Props = { requestIds: readonly string[]; filter: ReorderFilter; onClose: () => void }

/** Orders failed devices again: shows first what each new request would hold, then sends them one by one. */
export function ReorderDialog({ requestIds, filter, onClose }: Props) {
  const plan = useSignal<readonly PlannedReorder[] | undefined>(undefined)
  const sent = useSignal<readonly Sent[]>([])
  const isBusy = useSignal(false)
  const isStopped = useSignal(false)
  useEffect(() => {
    void planReorders(requestIds, filter).then((planned) => (plan.value = planned))
  }, [])
  const planned = plan.value
  const orders = planned?.filter(({ count }) => count > 0) ?? []
  const count = orders.reduce((sum, order) => sum + order.count, 0)
  const sendAll = async () => {
    isBusy.value = true
    for (const order of orders.slice(sent.value.length)) {
      if (isStopped.value) break
      sent.value = [...sent.value, await sendReorder(order, filter)]
    }
    isBusy.value = false
  }
  const isBegun = isBusy.value || sent.value.length > 0
  return (
    <Dialog title="Order failed devices again" onClose={onClose}>
      {planned === undefined && <p role="status">Working out the plan…</p>}
      {planned !== undefined && (
        <>
          <p>
            {count === 0
              ? 'No device would be ordered.'
              : `Orders ${plural(count, 'device')} again, as ${plural(orders.length, 'new request')} that name the old ones.`}
          </p>
          <Left planned={planned} />
          {planned.flatMap(({ failure, requestId }) =>
            failure === undefined ? [] : [<FailureNotice key={requestId} failure={failure} of="look" />],
          )}
        </>
      )}
      {count > 0 && !isBegun && (
        <ConfirmForm button="Order again" check={{ count, noun: 'devices' }} onConfirm={() => void sendAll()} />
      )}
      {isBegun && (
        <>
          <p role="status">
            {sent.value.length} of {orders.length} sent
            {isBusy.value ? '…' : isStopped.value ? ', then stopped.' : '.'}
          </p>
          <ul>
            {sent.value.map(({ from, requestId, count: devices, failure }) => (
              <li key={from}>
                {requestId !== undefined && (
                  <a href={`#/requests/${requestId}`} onClick={onClose}>
                    New request for {plural(devices, 'device')}
                  </a>
                )}
                <FailureNotice failure={failure} of="change" />
              </li>
            ))}
          </ul>
          {isBusy.value && (
            <button type="button" onClick={() => (isStopped.value = true)}>
              Stop
            </button>
          )}
        </>
      )}
    </Dialog>
  )
}

/** The devices that the plan leaves, by reason. */
function Left({ planned }: { planned: readonly PlannedReorder[] }) {
  const grouped = Map.groupBy(
    planned.flatMap(({ left }) => left),
    ({ reason }) => reason,
  )
  const rows = [...grouped].filter(([reason]) => reason !== 'not-failed')
  if (rows.length === 0) return null
  return (
    <Notice tone="quiet" title="Left out:">
      <ul>
        {rows.map(([reason, parts]) => (
          <li key={reason}>
            {counted(parts.reduce((sum, { devices }) => sum + devices, 0))} {reasons[reason] ?? reason}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
