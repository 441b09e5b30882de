import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Failure } from '../api/failure.ts'
import { counted } from '../words/numbers.ts'
import { FailureNotice } from './notice.tsx'

type Props = {
  button: string
  /** What cannot be taken back. Its count must be typed first. */
  check?: { count: number; noun: string } | undefined
  /** The change, as `useAct` returns it. */
  change?: { isBusy: boolean; failure: Failure | undefined }
  /** False while something else is missing. */
  isReady?: boolean
  onConfirm: () => void
  children?: ComponentChildren
}

/** Whether the count was typed, with or without a comma between the thousands. */
const isTyped = (typed: string, count: number): boolean => typed.replaceAll(/[\s,.]/g, '') === String(count)

/** The end of a dialog: why the change failed, the count to type, and the button. Its children are further fields. */
export function ConfirmForm({ button, check, change, isReady = true, onConfirm, children }: Props) {
  const typed = useSignal('')
  const isBusy = change?.isBusy === true
  const mayConfirm = isReady && !isBusy && (check === undefined || isTyped(typed.value, check.count))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (mayConfirm) onConfirm()
      }}
    >
      <FailureNotice failure={change?.failure} of="change" />
      {children}
      {check !== undefined && (
        <label class="count-check">
          <span>
            This cannot be taken back. Type the number of {check.noun}, <strong>{counted(check.count)}</strong>, to
            confirm.
          </span>
          <input
            inputMode="numeric"
            autocomplete="off"
            name="count"
            value={typed.value}
            onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
          />
        </label>
      )}
      <div class="actions">
        <button type="submit" class="primary" disabled={!mayConfirm}>
          {isBusy ? 'Working…' : button}
        </button>
      </div>
    </form>
  )
}
