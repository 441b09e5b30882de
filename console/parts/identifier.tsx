import { useSignal } from '@preact/signals'
import { groups } from '../words/numbers.ts'

/** An identifier in groups. A copy of it has no gaps, because the groups are only drawn apart. */
export function Grouped({ id }: { id: string }) {
  return (
    <span class="id">
      {groups(id).map((group, index) => (
        <span key={index}>{group}</span>
      ))}
    </span>
  )
}

/** A button that copies an identifier whole. */
export function Copy({ text, what }: { text: string; what: string }) {
  const done = useSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    done.value = true
    window.setTimeout(() => (done.value = false), 1500)
  }
  return (
    <button type="button" class="copy" onClick={() => void copy()} aria-label={`Copy ${what}`}>
      {done.value ? 'copied' : 'copy'}
    </button>
  )
}

/** A kind of identifier with its id, as a link to the page of the card. */
export function CardLink({ kind, id, quiet = false }: { kind: string; id: string; quiet?: boolean }) {
  return (
    <a href={`#/cards/${kind}/${encodeURIComponent(id)}`} class="card-link" tabIndex={quiet ? -1 : undefined}>
      <Grouped id={id} />
    </a>
  )
}
