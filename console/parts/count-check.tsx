import type { Signal } from '@preact/signals'
import { counted } from '../words/numbers.ts'

type Props = { count: number; noun: string; typed: Signal<string> }

/** Whether the count was typed, with or without a comma between the thousands. */
export const isTyped = (typed: string, count: number): boolean => typed.replaceAll(/[\s,.]/g, '') === String(count)

/** Asks for the count of what a change cannot take back. */
export function CountCheck({ count, noun, typed }: Props) {
  return (
    <label class="count-check">
      <span>
        This cannot be taken back. Type the number of {noun}, <strong>{counted(count)}</strong>, to confirm.
      </span>
      <input
        inputMode="numeric"
        autocomplete="off"
        name="count"
        value={typed.value}
        onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
      />
    </label>
  )
}
