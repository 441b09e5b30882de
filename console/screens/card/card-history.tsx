import * as z from 'zod/mini'
import { Card } from '../../api/find.ts'
import { More } from '../../parts/more.tsx'
import { usePages } from '../../parts/paged.ts'
import { State } from '../../parts/state.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { reasonOf } from '../request/reason.ts'

type Items = Card['requests']

const Page = z.pipe(
  Card,
  z.transform(({ requests, nextCursor }) => ({ items: requests, nextCursor })),
)

const orderName = ({ request, device }: Items[number]): string => `${request.requestId} ${device?.position}`

/** Every order that named the card, newest first. */
export function CardHistory({ path, first }: { path: string; first: { items: Items; nextCursor: string | null } }) {
  const pages = usePages({ path, schema: Page, first, nameOf: orderName })
  const { items } = pages
  return (
    <>
      <Table label="Orders" columns={['Ordered', 'Action', 'This device', 'Why', 'Account']}>
        {items.map(({ request, device }) => (
          <tr key={orderName({ request, device })}>
            <td>
              <Time at={request.createdAt} quiet />
            </td>
            <td>
              <a href={`#/requests/${request.requestId}`}>{request.action}</a>
            </td>
            <td>{device === null ? 'not readable' : <State of="device" state={device.status} quiet />}</td>
            <td class="wrap">{device === null || device.status === 'succeeded' ? '' : reasonOf(device)}</td>
            <td>{request.accountName}</td>
          </tr>
        ))}
      </Table>
      <More pages={pages} label="Show older orders" />
    </>
  )
}
