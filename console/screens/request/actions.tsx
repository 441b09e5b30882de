import { useSignal } from '@preact/signals'
import type { Request } from '../../api/requests.ts'
import { may } from '../../session/session.ts'
import { ReorderDialog } from '../reorder/reorder-dialog.tsx'
import { DecideDialog } from './decide-dialog.tsx'
import { type Decision, previewOf } from './preview.ts'

const titles: Readonly<Record<Decision, string>> = {
  retry: 'Retry…',
  cancel: 'Cancel…',
  abandon: 'Give up…',
}
const decisions = ['retry', 'cancel', 'abandon'] as const

/** What a person can do with the request. Each opens a preview first. */
export function Actions({ request, changed }: { request: Request; changed: () => void }) {
  const opened = useSignal<Decision | undefined>(undefined)
  const possible = decisions.filter((decision) => previewOf(decision, request) !== undefined)
  const preview = opened.value === undefined ? undefined : previewOf(opened.value, request)
  const isReordering = useSignal(false)
  const hasFailed = request.devices.failed + request.devices.expired > 0
  return (
    <div class="actions">
      {may('profiles:manage') &&
        possible.map((decision) => (
          <button key={decision} type="button" onClick={() => (opened.value = decision)}>
            {titles[decision]}
          </button>
        ))}
      {hasFailed && may('profiles:write') && (
        <button type="button" onClick={() => (isReordering.value = true)}>
          Order failed again…
        </button>
      )}
      <a class="button" href={`#/evidence/${request.requestId}`}>
        Evidence
      </a>
      {isReordering.value && (
        <ReorderDialog
          requestIds={[request.requestId]}
          filter={{ statuses: request.devices.failed === 0 ? ['expired'] : ['failed'] }}
          onClose={() => (isReordering.value = false)}
        />
      )}
      {opened.value !== undefined && (
        <DecideDialog
          request={request}
          preview={preview}
          onClose={() => {
            opened.value = undefined
            changed()
          }}
        />
      )}
    </div>
  )
}
