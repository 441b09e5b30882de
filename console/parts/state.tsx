import { type Vocabulary, wordOf } from '../words/states.ts'

/** A state as a word with its tone. Its meaning shows on hover and focus. `quiet`: not a stop of the Tab key. */
export function State({ of, state, quiet = false }: { of: Vocabulary; state: string; quiet?: boolean }) {
  const { word, meaning, tone } = wordOf(of, state)
  return (
    <span class={`state ${tone}`} data-tip={meaning} tabIndex={quiet ? undefined : 0}>
      {word}
    </span>
  )
}
