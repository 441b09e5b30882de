import type { EvidenceEntry } from '../../api/history.ts'
import { Table } from '../../parts/table.tsx'
import { localTime } from '../../words/times.ts'

/** The most entries in the page. JSON and CSV have all of them. */
const mostShown = 2000

/** The entries of the evidence with their hashes. */
export function EvidenceTable({ entries }: { entries: readonly EvidenceEntry[] }) {
  return (
    <>
      {entries.length > mostShown && <p>The first {mostShown} entries are shown. JSON and CSV have all of them.</p>}
      <Table label="Entries" class="evidence" columns={[{ number: '#' }, 'When', 'What', 'Content', 'Hash']}>
        {entries.slice(0, mostShown).map(({ sequence, entry, hash }) => {
          const { kind, at, what, detail, ...content } = entry
          const text = JSON.stringify(content, undefined, 1)
          return (
            <tr key={sequence}>
              <td class="number">{sequence}</td>
              <td>{typeof at === 'string' ? localTime(at) : ''}</td>
              <td>{typeof what === 'string' ? what : String(kind)}</td>
              <td class="wrap">
                {typeof detail === 'string' && <p>{detail}</p>}
                {Object.keys(content).length === 1 && typeof content['submission'] === 'number' ? (
                  <small>submission {content['submission']}</small>
                ) : (
                  text !== '{}' && <pre>{text}</pre>
                )}
              </td>
              <td>
                <code data-tip={hash}>{hash.slice(0, 12)}</code>
              </td>
            </tr>
          )
        })}
      </Table>
    </>
  )
}
