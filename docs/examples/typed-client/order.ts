import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import createClient from 'openapi-fetch'
import type { paths } from './gateway.ts'

/** Orders one action and waits until it is final: `API=… TOKEN=… node order.ts`. */
const { API: baseUrl = 'http://127.0.0.1:3000', TOKEN: token = '' } = process.env
const gateway = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })

const ordered = await gateway.POST('/v1/devices/profile/actions/download_enable', {
  params: { header: { 'Idempotency-Key': randomUUID() } },
  body: {
    accountName: '0000123456-00001',
    smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
    devices: [
      {
        deviceIds: [
          { kind: 'eid', id: '666456789123456789123456784008' },
          { kind: 'iccid', id: '89148000000840784259' },
        ],
      },
    ],
  },
})
if (ordered.data === undefined) throw new Error(`not ordered: ${JSON.stringify(ordered.error)}`)

let { data: request, response } = ordered
while (!request.final && request.next?.what !== 'decision') {
  await sleep(Number(response.headers.get('retry-after') ?? 1) * 1000)
  const shown = await gateway.GET('/v1/requests/{requestId}', { params: { path: { requestId: request.requestId } } })
  if (shown.data === undefined) throw new Error(`not shown: ${JSON.stringify(shown.error)}`)
  request = shown.data
  response = shown.response
}
console.log(`${request.requestId} ${request.status}`)
