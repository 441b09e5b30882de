import type { Request } from '../../api/requests.ts'
import { Ago } from '../../parts/time.tsx'
import { withLocalTimes } from '../../words/times.ts'

const titles: Readonly<Record<string, string>> = {
  'first-attempt': 'Waits for its first attempt',
  answer: 'Waits for the answer of ThingSpace',
  retry: 'The gateway sends it again',
  callbacks: 'Callbacks may still resolve it',
  repeat: 'Callbacks may resolve it, otherwise the gateway repeats it',
  decision: 'Needs your decision',
  results: 'Waits for results',
}

/** What `at` is the time of. */
const times: Readonly<Record<string, string>> = {
  answer: 'time-out',
  retry: 'next attempt',
  callbacks: 'until',
  repeat: 'repeated',
  decision: 'given up',
  results: 'devices without a result expire',
}

/** The API names its own calls, and times in UTC. A reader of this page has buttons instead, and a clock. */
export const forReaders = (why: string): string =>
  withLocalTimes(why.replace(/ (Retry it|Give it up) with POST .*?(?=It is given up|$)/s, ' '))

/** What happens next, when, and why. */
export function NextBox({ request: { next, final } }: { request: Request }) {
  if (next === null) {
    return (
      <p class="next quiet">
        <strong>{final ? 'Nothing more happens.' : 'Nothing more happens without a decision.'}</strong>
      </p>
    )
  }
  return (
    <p class={next.what === 'decision' ? 'next doubt' : 'next'}>
      <strong>{titles[next.what] ?? next.what}</strong>{' '}
      {next.at !== null && (
        <span class="when">
          {times[next.what] ?? ''} <Ago at={next.at} />
        </span>
      )}
      <span class="why">{forReaders(next.why)}</span>
    </p>
  )
}
