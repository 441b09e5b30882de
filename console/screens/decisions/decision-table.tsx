import type { Decision } from '../../api/decisions.ts'
import { CardLink } from '../../parts/identifier.tsx'
import { Table } from '../../parts/table.tsx'
import { Ago } from '../../parts/time.tsx'
import { counted } from '../../words/numbers.ts'
import { forReaders } from '../request/next-box.tsx'
import { nameOf } from './plan.ts'

type Props = {
  decisions: readonly Decision[]
  chosen: ReadonlySet<string>
  choose: (names: readonly string[], isChosen: boolean) => void
}

/** What waits for a decision, with what is known about each: since when, which callbacks may fit, what a repeat risks. */
export function DecisionTable({ decisions, chosen, choose }: Props) {
  const names = decisions.map(nameOf)
  return (
    <Table
      label="Open decisions"
      columns={[
        <input
          type="checkbox"
          aria-label="Select all"
          checked={names.length > 0 && names.every((name) => chosen.has(name))}
          onChange={({ currentTarget }) => choose(names, currentTarget.checked)}
        />,
        'Action',
        'Devices',
        'Since',
        'What is known',
        'Callbacks that may fit',
        'Given up',
      ]}
    >
      {decisions.map((decision) => {
        const { requestId, action, accountName, submission, devices, deviceCount, since, why, risk, abandonedAt } =
          decision
        const name = nameOf(decision)
        return (
          <tr key={name}>
            <td>
              <input
                type="checkbox"
                aria-label={`Select ${action} ${name}`}
                checked={chosen.has(name)}
                onChange={({ currentTarget }) => choose([name], currentTarget.checked)}
              />
            </td>
            <td>
              <a href={`#/requests/${requestId}?tab=submissions`}>{action}</a>
              <br />
              <small>
                {accountName}
                {submission > 0 && `, submission ${submission}`}
              </small>
            </td>
            <td>
              <Devices devices={devices} count={deviceCount} />
            </td>
            <td>
              <Ago at={since} />
            </td>
            <td class="wrap">
              {forReaders(why)} <strong>{risk.text}</strong>
            </td>
            <td>
              <Fits decision={decision} />
            </td>
            <td>{abandonedAt === null ? '' : <Ago at={abandonedAt} />}</td>
          </tr>
        )
      })}
    </Table>
  )
}

function Devices({ devices, count }: { devices: Decision['devices']; count: number }) {
  return (
    <>
      {devices.map(({ deviceIds }, index) => {
        const shown = deviceIds.find(({ kind }) => kind === 'iccid') ?? deviceIds[0]
        return <div key={index}>{shown === undefined ? '' : <CardLink kind={shown.kind} id={shown.id} />}</div>
      })}
      {count > devices.length && <small>and {counted(count - devices.length)} more</small>}
    </>
  )
}

function Fits({ decision: { fits, fitsComplete } }: { decision: Decision }) {
  if (fits.length === 0) return <>{fitsComplete ? 'none' : 'none so far; not all devices were looked up'}</>
  return (
    <>
      {fits.map(({ upstreamRequestId, receivedAt, adoptable, candidates }) => (
        <div key={upstreamRequestId}>
          <code data-tip={upstreamRequestId}>{upstreamRequestId.slice(0, 8)}</code> <Ago at={receivedAt} />
          <br />
          <small>{adoptable ? 'fits only this: a retry adopts it' : `fits ${candidates} submissions`}</small>
        </div>
      ))}
    </>
  )
}
