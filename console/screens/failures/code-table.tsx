import { Table } from '../../parts/table.tsx'
import { route, setQuery } from '../../shell/route.ts'
import { counted } from '../../words/numbers.ts'
import type { CodeRow } from './by-code.ts'

/** The codes of ThingSpace with their meaning and cure. A code filters the list below. */
export function CodeTable({ rows }: { rows: readonly CodeRow[] }) {
  const chosen = route.value.query.get('code')
  return (
    <Table
      label="Failures by code"
      columns={[{ number: 'Devices' }, 'Code of ThingSpace', 'Meaning', 'Cure', 'Actions']}
    >
      {rows.map(({ code, devices, actions, meaning, cure }) => {
        const value = code ?? 'none'
        return (
          <tr key={value}>
            <td class="number">{counted(devices)}</td>
            <td>
              <button
                type="button"
                class="quiet"
                aria-pressed={chosen === value}
                onClick={() => setQuery({ code: chosen === value ? undefined : value })}
              >
                {code ?? 'without a code'}
              </button>
            </td>
            <td class="wrap">{meaning ?? 'not known'}</td>
            <td class="wrap">{cure ?? 'look at a device that has it'}</td>
            <td>{actions.join(', ')}</td>
          </tr>
        )
      })}
    </Table>
  )
}
