import { useSignal } from '@preact/signals'
import type { Request } from '../../api/requests.ts'
import { may } from '../../session/session.ts'
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
  if (!may('profiles:manage')) return null
  return (
    <div class="actions">
      {possible.map((decision) => (
        <button key={decision} type="button" onClick={() => (opened.value = decision)}>
          {titles[decision]}
        </button>
      ))}
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
