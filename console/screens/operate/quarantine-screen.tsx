import { type ListedMessage, MessagePage } from '../../api/operate.ts'
import { useWatch } from '../../api/watch.ts'
import { Freshness } from '../../parts/freshness.tsx'
import { More } from '../../parts/more.tsx'
import { FailureNotice, Notice } from '../../parts/notice.tsx'
import { usePages } from '../../parts/paged.ts'
import { Table } from '../../parts/table.tsx'
import { Ago } from '../../parts/time.tsx'
import { counted } from '../../words/numbers.ts'
import { reasonWords } from './reasons.ts'

const path = '/v1/operate/quarantine?limit=100'

/** The callbacks that were not recorded as results. */
export function QuarantineScreen() {
  const watched = useWatch(path, MessagePage, 10)
  const page = watched.value.value
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Quarantine</h1>
        <Freshness of={watched} />
      </div>
      <p class="hint">
        Callbacks that the gateway could not understand or could not trust. None of them changed a result.
      </p>
      <FailureNotice failure={watched.failure.value} />
      {page !== undefined &&
        (page.items.length === 0 && page.nextCursor === null ? (
          <Notice tone="good" title="Nothing is in quarantine." />
        ) : (
          <Messages first={page} />
        ))}
    </>
  )
}

function Messages({ first }: { first: { items: readonly ListedMessage[]; nextCursor: string | null } }) {
  const pages = usePages({ path, schema: MessagePage, first, nameOf: ({ id }) => id })
  const { items } = pages
  const sorted = items.toSorted((one, other) => other.lastReceivedAt.localeCompare(one.lastReceivedAt))
  return (
    <>
      <Table
        label="Messages in quarantine"
        columns={['Last received', 'Why it is here', 'Account', { number: 'Times' }, { number: 'Characters' }]}
      >
        {sorted.map(({ id, reason, accountName, lastReceivedAt, count, characters }) => (
          <tr key={id}>
            <td>
              <Ago at={lastReceivedAt} />
            </td>
            <td class="wrap">
              <a href={`#/quarantine/${encodeURIComponent(id)}`}>{reasonWords(reason)}</a>
            </td>
            <td>{accountName}</td>
            <td class="number">{counted(count)}</td>
            <td class="number">{counted(characters)}</td>
          </tr>
        ))}
      </Table>
      <More pages={pages} label="Show more" />
    </>
  )
}
