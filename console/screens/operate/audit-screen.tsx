import { type AuditEntry, AuditPage } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { More } from '../../parts/more.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { usePages } from '../../parts/paged.ts'
import { useCsv } from '../../parts/save.ts'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { route, setQuery } from '../../shell/route.ts'

/** Who decided or changed what, and when. */
export function AuditScreen() {
  const { query } = route.value
  const filters = new URLSearchParams({ limit: '100' })
  for (const name of ['subject', 'actor']) {
    const value = query.get(name)
    if (value !== null) filters.set(name, value)
  }
  const path = `/v1/operate/audit?${filters}`
  const watched = useWatch(path, AuditPage, 10)
  const page = watched.value.value
  const csv = useCsv(path, 'audit.csv')
  return (
    <>
      <h1 tabIndex={-1}>Audit</h1>
      <div class="toolbar">
        {['subject', 'actor'].map((name) => (
          <label key={name}>
            {name === 'subject' ? 'About' : 'By'}{' '}
            <input
              type="search"
              value={query.get(name) ?? ''}
              placeholder={name === 'subject' ? 'request id, message, …' : 'caller or operator'}
              onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value.trim() })}
            />
          </label>
        ))}
        <button type="button" onClick={() => void csv.download()}>
          Save as CSV
        </button>
        <Freshness of={watched} />
      </div>
      <FailureNotice failure={watched.failure.value} />
      <FailureNotice failure={csv.failure} of="look" />
      {page !== undefined && <Entries key={path} path={path} first={page} />}
    </>
  )
}

type EntriesProps = { path: string; first: { items: readonly AuditEntry[]; nextCursor: string | null } }

const results: Readonly<Record<string, { word: string; tone: string }>> = {
  done: { word: 'done', tone: 'good' },
  'nothing-done': { word: 'nothing done', tone: 'quiet' },
  failed: { word: 'failed', tone: 'bad' },
}

function Entries({ path, first }: EntriesProps) {
  const pages = usePages({ path, schema: AuditPage, first, nameOf: ({ id }) => id })
  const { items, hasMore } = pages
  return (
    <>
      {items.length === 0 && !hasMore && <Notice tone="quiet" title="Nobody has decided anything yet." />}
      {items.length > 0 && (
        <Table label="Audit entries" columns={['At', 'Act', 'By', 'About', 'Result', 'Details']}>
          {items.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </Table>
      )}
      <More pages={pages} label="Show older entries" />
    </>
  )
}

function Entry({ entry: { at, act, actor, via, subject, result, detail, outcome } }: { entry: AuditEntry }) {
  const known =
    result === null ? { word: 'under way', tone: 'warn' } : (results[result] ?? { word: result, tone: 'quiet' })
  const isRequest = /^[\da-f-]{36}$/.test(subject)
  return (
    <tr>
      <td>
        <Time at={at} quiet />
      </td>
      <td>{act.replace('.', ': ')}</td>
      <td data-tip={actor}>
        {actor.split(/[|:]/).at(-1)} <small>{via}</small>
      </td>
      <td>{isRequest ? <a href={`#/requests/${subject}`}>request {subject.slice(0, 8)}</a> : subject.slice(0, 40)}</td>
      <td>
        <span class={`state ${known.tone}`}>{known.word}</span>
      </td>
      <td class="wrap">
        {Object.entries({ ...detail, ...outcome })
          .map(([name, value]) => `${name}: ${String(value)}`)
          .join(', ')}
      </td>
    </tr>
  )
}
