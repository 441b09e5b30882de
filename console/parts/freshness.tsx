import type { Watched } from '../api/watch.ts'
import { explain } from '../api/failure.ts'
import { duration } from '../words/numbers.ts'
import { now } from './now.ts'

/** How old what is shown is, and why it is not newer. */
export function Freshness({ of }: { of: Pick<Watched<unknown>, 'at' | 'failure' | 'refresh'> }) {
  const at = of.at.value
  const failure = of.failure.value
  const age = at === undefined ? 'loading' : `as of ${duration(now.value - at)} ago`
  return (
    <span class={failure === undefined ? 'freshness' : 'freshness stale'}>
      <span role="status">{failure === undefined ? '' : `${explain(failure).title} `}</span>
      <span>{age}</span>{' '}
      <button type="button" class="quiet" onClick={of.refresh}>
        Refresh
      </button>
    </span>
  )
}
