import type { Card } from '../../api/find.ts'
import { CardLink, Copy, Grouped } from '../../parts/identifier.tsx'

/** What ThingSpace assigned to the line, and the other names of the device. */
export function Names({ card: { assigned, alsoNamed } }: { card: Card }) {
  const given = Object.entries(assigned)
  if (given.length + alsoNamed.length === 0) return null
  return (
    <table class="pairs narrow">
      <tbody>
        {alsoNamed.map(({ kind, id, source }) => (
          <tr key={`${kind} ${id}`}>
            <th scope="row">{kind.toUpperCase()}</th>
            <td>
              <CardLink kind={kind} id={id} /> <Copy text={id} what={kind.toUpperCase()} />{' '}
              <small>{source === 'order' ? 'in an order' : 'in a result'}</small>
            </td>
          </tr>
        ))}
        {given.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{/^(iccid|eid|imei|mdn|msisdn)$/.test(name) ? name.toUpperCase() : name}</th>
            <td>
              <Grouped id={value} /> <Copy text={value} what={name} /> <small>assigned by ThingSpace</small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
