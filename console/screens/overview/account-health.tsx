import type { ComponentChildren } from 'preact'
import { AccountDetails } from '../../api/accounts.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice } from '../../parts/notice.tsx'
import { Ago } from '../../parts/time.tsx'
import { may } from '../../session/session.ts'
import { addressOf } from '../../shell/route.ts'
import { ordersWord, registrationWord } from '../../words/listeners.ts'
import { counted, plural } from '../../words/numbers.ts'

/** Seconds between two reads. One read of a busy account costs hundreds of read units (docs/cost.md). */
const everySeconds = 60

/** Whether an account is served, and what is open and in doubt. */
export function AccountHealth({ accountName }: { accountName: string }) {
  const watched = useWatch(`/v1/accounts/${encodeURIComponent(accountName)}`, AccountDetails, everySeconds)
  const details = watched.value.value
  return (
    <section aria-labelledby="account-health">
      <div class="heading">
        <h2 id="account-health">Account health</h2>
        <Freshness of={watched} />
      </div>
      {watched.failure.value !== undefined && details === undefined && (
        <FailureNotice failure={watched.failure.value} />
      )}
      {details !== undefined && <Facts details={details} />}
    </section>
  )
}

/** A count that may have ended at a bound. */
const atLeast = (complete: boolean, text: string): string => (complete ? text : `at least ${text}`)

function Facts({ details }: { details: AccountDetails }) {
  const { served, listeners, open, unconfirmed, orphans, quarantined, lastCallback } = details
  const operates = may('profiles:operate')
  return (
    <dl class="facts">
      <Fact name={`Account ${details.accountName}`}>
        <Orders state={served.state} />
        {served.why !== null && <div class="hint">{served.why}</div>}
      </Fact>
      <Fact name="Listeners" address={operates ? addressOf('listeners') : undefined}>
        {listeners.length === 0 && 'none'}
        {listeners.map(({ service, orders, state, checkedAt, refusal }) => (
          <div key={service}>
            {service} <Orders state={orders} /> {registrationWord(state)}
            {checkedAt !== null && (
              <>
                , checked <Ago at={checkedAt} />
              </>
            )}
            {refusal !== null && <div class="hint">{refusal}</div>}
          </div>
        ))}
      </Fact>
      <Fact name="Open" address={addressOf('requests')}>
        {atLeast(open.complete, plural(open.requests, 'request'))}, {plural(open.devices, 'device')}
      </Fact>
      <Fact name="Unconfirmed" address={addressOf('decisions')}>
        {atLeast(unconfirmed.complete, plural(unconfirmed.submissions, 'submission'))},{' '}
        {counted(unconfirmed.awaitingDecision)} awaiting a decision
      </Fact>
      <Fact name="Orphans">
        <span data-tip="Upstream request ids with callbacks that belong to no request." tabIndex={0}>
          {atLeast(orphans.complete, counted(orphans.count))}
        </span>
      </Fact>
      <Fact name="Quarantined" address={operates ? addressOf('quarantine') : undefined}>
        <span data-tip="Callbacks that were not recorded. Equal ones of a day count once." tabIndex={0}>
          {atLeast(quarantined.complete, counted(quarantined.messages))}
        </span>
      </Fact>
      <Fact name="Last callback">
        {lastCallback.at === null ? 'none for the newest requests' : <Ago at={lastCallback.at} />}
        {!lastCallback.complete && <div class="hint">An older request may have a newer one.</div>}
      </Fact>
    </dl>
  )
}

/** One line of the panel. Its name leads to the screen concerned, if the person may see it. */
const Fact = ({
  name,
  address,
  children,
}: {
  name: string
  address?: string | undefined
  children: ComponentChildren
}) => (
  <div>
    <dt>{address === undefined ? name : <a href={address}>{name}</a>}</dt>
    <dd>{children}</dd>
  </div>
)

function Orders({ state }: { state: string }) {
  const { word, tone, meaning } = ordersWord(state)
  return (
    <span class={`state ${tone}`} data-tip={meaning} tabIndex={0}>
      {word}
    </span>
  )
}
