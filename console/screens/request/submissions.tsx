import type { Request, Submission } from '../../api/requests.ts'
import { Copy } from '../../parts/identifier.tsx'
import { State } from '../../parts/state.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { counted, plural } from '../../words/numbers.ts'
import { forReaders } from './next-box.tsx'

/** The words of an error. An error page's message, such as "503 Service Unavailable", has the status already. */
const saidBy = (error: Submission['attempts'][number]['error']): string =>
  [error?.message?.startsWith(`${error.status} `) === true ? undefined : error?.status, error?.code, error?.message]
    .filter(Boolean)
    .join(' ')

/** The POSTs to ThingSpace with their attempts and decisions. */
export function Submissions({ request }: { request: Request }) {
  const { items, total } = request.submissions
  return (
    <section aria-label="Submissions">
      <p class="hint">
        A submission is one POST to ThingSpace. It is named after the position of its first device.
        {items.length < total && ` The first ${items.length} of ${counted(total)} are shown.`}
      </p>
      {items.map((submission) => (
        <OneSubmission key={submission.submission} submission={submission} />
      ))}
    </section>
  )
}

function OneSubmission({ submission }: { submission: Submission }) {
  const { devices, state, attempts, upstreamRequestIds, adopted = [], decisions = [], next, deadLetters } = submission
  const last = devices.first + devices.count - 1
  return (
    <article class="submission">
      <h2>
        Submission {submission.submission} <State of="submission" state={state} />
      </h2>
      <p>
        {plural(devices.count, 'device')}
        {devices.count > 1 ? `, positions ${devices.first} to ${last}` : ''}
        {deadLetters === undefined ? '' : `. ${plural(deadLetters, 'message')} in the dead-letter queue`}
      </p>
      {next !== null && <p>{forReaders(next.why)}</p>}
      {upstreamRequestIds.map((id) => (
        <p key={id}>
          Upstream request <code>{id}</code> <Copy text={id} what="the upstream request id" />
          {adopted.includes(id) && ' learnt from a callback'}
        </p>
      ))}
      {attempts.length > 0 && (
        <Table
          label={`Attempts of submission ${submission.submission}`}
          columns={['Attempt', 'Started', { number: 'Took' }, 'Outcome', 'What ThingSpace said']}
        >
          {attempts.map(({ attempt, startedAt, finishedAt, outcome, cause, error }) => (
            <tr key={attempt}>
              <td>{attempt}</td>
              <td>
                <Time at={startedAt} quiet />
              </td>
              <td class="number">{counted(new Date(finishedAt).getTime() - new Date(startedAt).getTime())} ms</td>
              <td>
                <State of="outcome" state={outcome} quiet /> {cause?.replaceAll('-', ' ')}
              </td>
              <td>{saidBy(error)}</td>
            </tr>
          ))}
        </Table>
      )}
      {decisions.length > 0 && (
        <ul>
          {decisions.map(({ at, by, what }) => (
            <li key={at}>
              <Time at={at} /> {what} by {by}
            </li>
          ))}
        </ul>
      )}
    </article>
  )
}
