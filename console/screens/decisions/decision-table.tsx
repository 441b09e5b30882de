import type { ListedRequest, Request } from '../../api/requests.ts'
import { Ago } from '../../parts/time.tsx'
import { counted } from '../../words/numbers.ts'
import { forReaders } from '../request/next-box.tsx'
import { undecided } from './plan.ts'

type Props = {
  listed: readonly ListedRequest[]
  /** Those of the list that have been read in full. */
  known: ReadonlyMap<string, Request>
  chosen: ReadonlySet<string>
  choose: (requestIds: readonly string[], isChosen: boolean) => void
}

/** The unconfirmed requests with what is known about each. Every row has its place before its details are there. */
export function DecisionTable({ listed, known, chosen, choose }: Props) {
  const canBeDecided = (requestId: string): boolean => {
    const request = known.get(requestId)
    return request !== undefined && undecided(request).length > 0
  }
  const ready = listed.map(({ requestId }) => requestId).filter(canBeDecided)
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Unconfirmed requests">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label="Select all that can be decided"
                checked={ready.length > 0 && ready.every((requestId) => chosen.has(requestId))}
                onChange={({ currentTarget }) => choose(ready, currentTarget.checked)}
              />
            </th>
            <th scope="col">Action</th>
            <th scope="col" class="number">
              Devices
            </th>
            <th scope="col">Since</th>
            <th scope="col">What is known</th>
            <th scope="col">Given up</th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ requestId, action, devices, createdAt }) => {
            const request = known.get(requestId)
            const next = request?.next
            const lostAt = request?.submissions.items.flatMap(({ attempts }) => attempts.at(-1)?.finishedAt ?? [])[0]
            const canDecide = canBeDecided(requestId)
            return (
              <tr key={requestId}>
                <td>
                  <input
                    type="checkbox"
                    aria-label={`Select ${action} ${requestId}`}
                    disabled={!canDecide}
                    checked={chosen.has(requestId)}
                    onChange={({ currentTarget }) => choose([requestId], currentTarget.checked)}
                  />
                </td>
                <td>
                  <a href={`#/requests/${requestId}`}>{action}</a>
                </td>
                <td class="number">{counted(devices.total)}</td>
                <td>
                  <Ago at={lostAt ?? createdAt} />
                </td>
                <td class="wrap">{next?.why === undefined ? 'Reading…' : forReaders(next.why)}</td>
                <td>{canDecide && typeof next?.at === 'string' ? <Ago at={next.at} /> : ''}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
