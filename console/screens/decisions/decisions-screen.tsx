import { useSignal } from '@preact/signals'
import { type Decision, DecisionPage } from '../../api/decisions.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { More } from '../../parts/more.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { usePages } from '../../parts/paged.ts'
import { may } from '../../session/session.ts'
import { account } from '../../shell/account.ts'
import { route, setQuery } from '../../shell/route.ts'
import { plural } from '../../words/numbers.ts'
import { DecisionTable } from './decision-table.tsx'
import { nameOf, planOf } from './plan.ts'
import { PlanDialog } from './plan-dialog.tsx'

/** What is unconfirmed, and both answers to it, for one submission or for many. */
export function DecisionsScreen() {
  const isOfAccount = route.value.query.get('of') === 'account' && account.value !== ''
  const filter = isOfAccount ? `&accountName=${encodeURIComponent(account.value)}` : ''
  const path = `/v1/decisions?limit=50${filter}`
  const watched = useWatch(path, DecisionPage, 5)
  const page = watched.value.value
  return (
    <>
      <h1 tabIndex={-1}>Decisions</h1>
      <p class="hint">
        The response to an attempt was lost, so ThingSpace may or may not have run it. The gateway does not send it
        again until callbacks arrive or you decide. Look at the card of a device first.
      </p>
      <div class="toolbar">
        <label>
          Show{' '}
          <select
            value={isOfAccount ? 'account' : ''}
            onChange={({ currentTarget }) => setQuery({ of: currentTarget.value })}
          >
            <option value="">all your accounts</option>
            {account.value !== '' && <option value="account">{account.value}</option>}
          </select>
        </label>
        <Freshness of={watched} />
      </div>
      <FailureNotice failure={watched.failure.value} />
      {page !== undefined && page.items.length === 0 && page.nextCursor === null && (
        <Notice tone="good" title="Nothing waits for a decision." />
      )}
      {page !== undefined && (page.items.length > 0 || page.nextCursor !== null) && (
        <Inbox path={path} first={page} changed={watched.refresh} />
      )}
    </>
  )
}

const answers = [
  { answer: 'retry', title: 'Retry' },
  { answer: 'retry-despite-callbacks', title: 'Retry despite callbacks' },
  { answer: 'abandon', title: 'Give up' },
] as const

type InboxProps = {
  path: string
  first: { items: readonly Decision[]; nextCursor: string | null }
  changed: () => void
}

function Inbox({ path, first, changed }: InboxProps) {
  const pages = usePages({ path, schema: DecisionPage, first, nameOf })
  const { items, hasMore } = pages
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const opened = useSignal<(typeof answers)[number] | undefined>(undefined)
  const selected = items.filter((decision) => chosen.value.has(nameOf(decision)))
  const choose = (names: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen.value)
    for (const name of names) {
      if (isChosen) next.add(name)
      else next.delete(name)
    }
    chosen.value = next
  }
  return (
    <>
      <div class="toolbar">
        <span role="status">
          {plural(items.length, 'submission')} to decide{hasMore && ', and more'}
        </span>
        {may('profiles:manage') &&
          answers
            .filter(({ answer }) => answer !== 'retry-despite-callbacks' || planOf(selected, answer).length > 0)
            .map((each) => (
              <button
                key={each.answer}
                type="button"
                disabled={planOf(selected, each.answer).length === 0}
                onClick={() => (opened.value = each)}
              >
                {each.title} {selected.length} selected…
              </button>
            ))}
      </div>
      <DecisionTable decisions={items} chosen={chosen.value} choose={choose} />
      <More pages={pages} label="Show more" />
      {opened.value !== undefined && (
        <PlanDialog
          verb={opened.value.title}
          plan={planOf(selected, opened.value.answer)}
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
