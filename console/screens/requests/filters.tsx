import { ActionName } from '../../../lib/profile/order/action-names.ts'
import { route, setQuery } from '../../shell/route.ts'
import { requestWords } from '../../words/states.ts'

const dayMs = 24 * 3600 * 1000

const periods: readonly { name: string; days: number | undefined }[] = [
  { name: 'any time', days: undefined },
  { name: 'last day', days: 1 },
  { name: 'last 7 days', days: 7 },
  { name: 'last 30 days', days: 30 },
]

/** The start of a period, at a full hour, so that the address of the list stays the same for a while. */
const startOf = (days: number): string =>
  new Date(Math.floor((Date.now() - days * dayMs) / 3_600_000) * 3_600_000).toISOString()

/** The choice for several statuses together, with which other screens lead here. */
function severalOf(status: string | null) {
  if (status?.includes(',') !== true) return null
  const words = status.split(',').map((each) => requestWords[each]?.word ?? each)
  return <option value={status}>{words.join(', ')}</option>
}

/** The filters of the list. They are in the address, so that a filtered list can be sent to somebody. */
export function Filters() {
  const { query } = route.value
  const after = query.get('createdAfter')
  const age = after === null ? undefined : Math.round((Date.now() - new Date(after).getTime()) / dayMs)
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <label>
        Status
        <select
          value={query.get('status') ?? ''}
          onChange={({ currentTarget }) => setQuery({ status: currentTarget.value })}
        >
          <option value="">any</option>
          {severalOf(query.get('status'))}
          {Object.entries(requestWords).map(([state, { word }]) => (
            <option key={state} value={state}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <label>
        Action
        <select
          value={query.get('action') ?? ''}
          onChange={({ currentTarget }) => setQuery({ action: currentTarget.value })}
        >
          <option value="">any</option>
          {ActionName.options.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        Ordered
        <select
          value={age === undefined ? '' : String(age)}
          onChange={({ currentTarget: { value } }) =>
            setQuery({ createdAfter: value === '' ? undefined : startOf(Number(value)) })
          }
        >
          {periods.map(({ name, days }) => (
            <option key={name} value={days === undefined ? '' : String(days)}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </form>
  )
}
