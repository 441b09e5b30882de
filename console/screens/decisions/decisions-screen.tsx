import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { type ListedRequest, RequestPage } from '../../api/requests.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { may } from '../../session/session.ts'
import { account } from '../../shell/account.ts'
import { plural } from '../../words/numbers.ts'
import { DecisionTable } from './decision-table.tsx'
import { createUndecided } from './load-undecided.ts'
import { type Answer, planned, undecided } from './plan.ts'
import { PlanDialog } from './plan-dialog.tsx'

/** What is unconfirmed, and both answers to it, for one request or for many. */
export function DecisionsScreen() {
  const accountName = account.value
  return (
    <>
      <h1 tabIndex={-1}>Decisions</h1>
      <p class="hint">
        The response to an attempt was lost, so ThingSpace may or may not have run it. The gateway does not send it
        again until callbacks arrive or you decide. Look at the device first: open its card.
      </p>
      {accountName === '' ? (
        <Notice tone="quiet" title="Choose an account at the top of the page." />
      ) : (
        <Inbox accountName={accountName} />
      )}
    </>
  )
}

function Inbox({ accountName }: { accountName: string }) {
  const path = `/v1/requests?${new URLSearchParams({ accountName, status: 'unconfirmed', limit: '100' })}`
  const watched = useWatch(path, RequestPage, 5)
  const listed = watched.value.value?.items
  return (
    <>
      <div class="toolbar">
        <Freshness of={watched} />
      </div>
      {watched.failure.value !== undefined && <FailureNotice failure={watched.failure.value} />}
      {listed?.length === 0 && <Notice tone="good" title="Nothing waits for a decision." />}
      {listed !== undefined && listed.length > 0 && (
        <Undecided listed={listed} at={watched.at.value} changed={watched.refresh} />
      )}
    </>
  )
}

type UndecidedProps = { listed: readonly ListedRequest[]; at: number | undefined; changed: () => void }

function Undecided({ listed, at, changed }: UndecidedProps) {
  const store = useMemo(createUndecided, [])
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const opened = useSignal<Answer | undefined>(undefined)
  useEffect(() => void store.read(listed), [at])
  const known = listed.flatMap(({ requestId }) => store.requests.value.get(requestId) ?? [])
  const ready = known.filter((request) => undecided(request).length > 0)
  const selected = ready.filter(({ requestId }) => chosen.value.has(requestId))
  const choose = (requestIds: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen.value)
    for (const requestId of requestIds) {
      if (isChosen) next.add(requestId)
      else next.delete(requestId)
    }
    chosen.value = next
  }
  return (
    <>
      <div class="toolbar">
        <span role="status">
          {plural(ready.length, 'request')} to decide
          {listed.length > ready.length && `, ${listed.length - ready.length} may still resolve by callbacks`}
        </span>
        {may('profiles:manage') &&
          (['retry', 'give-up'] as const).map((answer) => (
            <button key={answer} type="button" disabled={selected.length === 0} onClick={() => (opened.value = answer)}>
              {answer === 'retry' ? 'Retry' : 'Give up'} {selected.length} selected…
            </button>
          ))}
      </div>
      <DecisionTable listed={listed} known={store.requests.value} chosen={chosen.value} choose={choose} />
      {opened.value !== undefined && (
        <PlanDialog
          answer={opened.value}
          plan={selected.map(planned)}
          onClose={() => {
            opened.value = undefined
            chosen.value = new Set()
            changed()
          }}
        />
      )}
    </>
  )
}
