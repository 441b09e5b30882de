import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Failure } from '../../api/failure.ts'
import type { Evidence } from '../../api/history.ts'
import { FailureNotice } from '../../parts/notice.tsx'
import { save, useCsv } from '../../parts/save.ts'
import { route } from '../../shell/route.ts'
import { counted } from '../../words/numbers.ts'
import { localTime, utcTime } from '../../words/times.ts'
import { collectEvidence } from './collect-evidence.ts'
import { EvidenceTable } from './evidence-table.tsx'

/** Everything about a request for Verizon's support: a page that prints, and the same as JSON and CSV. */
export function EvidenceScreen() {
  const requestId = route.value.path[1] ?? ''
  const pack = useSignal<Evidence | undefined>(undefined)
  const failure = useSignal<Failure | undefined>(undefined)
  useEffect(() => {
    void collectEvidence(requestId).then((collected) => {
      if ('kind' in collected) failure.value = collected
      else pack.value = collected
    })
  }, [requestId])
  const csv = useCsv(`/v1/requests/${encodeURIComponent(requestId)}/evidence`, `evidence-${requestId}.csv`)
  const shown = pack.value
  return (
    <>
      <h1 tabIndex={-1}>Evidence</h1>
      <FailureNotice failure={failure.value ?? csv.failure} of="look" />
      {shown === undefined ? (
        failure.value === undefined && <p>Collecting…</p>
      ) : (
        <>
          <div class="actions no-print">
            <button type="button" class="primary" onClick={() => window.print()}>
              Print or save as PDF
            </button>
            <button
              type="button"
              onClick={() =>
                save(
                  new Blob([JSON.stringify(shown, undefined, 2)], { type: 'application/json' }),
                  `evidence-${requestId}.json`,
                )
              }
            >
              Save as JSON
            </button>
            <button type="button" onClick={() => void csv.download()}>
              Save as CSV
            </button>
            <a href={`#/requests/${requestId}`}>Back to the request</a>
          </div>
          <dl class="facts">
            {Object.entries(factsOf(shown)).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <p class="hint">
            Each entry has the SHA-256 of the hash before it and of its own content. If an entry is changed, its hash
            and all later ones no longer fit. The hash of the last entry is <code class="break">{shown.finalHash}</code>
            .
          </p>
          <EvidenceTable entries={shown.entries} />
        </>
      )}
    </>
  )
}

const factsOf = ({ requestId, accountName, action, status, collectedAt, total }: Evidence) => ({
  Request: requestId,
  Account: accountName,
  Action: action,
  Status: status,
  Collected: `${localTime(collectedAt)} (${utcTime(collectedAt)})`,
  Entries: counted(total),
})
