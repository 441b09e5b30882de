import { Notice } from '../../parts/notice.tsx'
import { plural } from '../../words/numbers.ts'
import type { Fault } from './check-order.ts'

type Props = { faults: readonly Fault[]; count: number; warnings: readonly Fault[] }

/** What is wrong with an order, and what is only unusual. */
export function Faults({ faults, count, warnings }: Props) {
  return (
    <>
      {faults.length > 0 && (
        <Notice tone="warn" title={`${plural(count, 'thing')} to mend.`}>
          {count > faults.length && `The first ${faults.length} are:`}
          <FaultList faults={faults} />
        </Notice>
      )}
      {warnings.length > 0 && (
        <Notice tone="quiet" title="Sent, but no source of Verizon names it.">
          <FaultList faults={warnings} />
        </Notice>
      )}
    </>
  )
}

const FaultList = ({ faults }: { faults: readonly Fault[] }) => (
  <ul>
    {faults.map(({ where, detail }) => (
      <li key={`${where} ${detail}`}>
        <strong>{where}</strong> {detail}
      </li>
    ))}
  </ul>
)
