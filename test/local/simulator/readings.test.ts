import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orders } from '../../corpus/orders.ts'
import { account, type Bench, device, globalBody, localBody, send, startBench } from './bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.stop())

const read = (reading: string) => bench.control('PUT', '/reading', { reading })
const sendOrder = ({ action, path, body }: (typeof orders)[number]) =>
  send(
    'POST',
    `${bench.baseUrl}/api${path ?? `/m2m/v1/devices/profile/actions/${action}`}`,
    bench.m2mHeaders(),
    JSON.stringify(body),
  )

describe.each(['documented', 'permissive'])('the %s reading', (reading) => {
  test.each(orders)('accepts $file', async (order) => {
    await read(reading)
    expect(await sendOrder(order)).toMatchObject({ status: 200, json: { requestId: expect.any(String) } })
  })
})

test('the documented reading finds the same family for every body as the corpus', async () => {
  await read('documented')
  for (const order of orders) {
    await sendOrder(order)
    const { family } = bench.simulator.submissions().at(-1)!
    expect([order.file, family]).toEqual([order.file, order.reading.family])
  }
})

const local = localBody([device()])
const { smsrOid: _smsrOid, ...withoutOid } = local
const meid = { devices: [{ deviceIds: [{ kind: 'meid', id: 'A000000009ABCD' }] }], accountName: account }

test.each([
  { what: 'a local body', action: 'enable', body: local, accepted: ['permissive', 'documented', 'strict'] },
  {
    what: 'two local devices',
    action: 'enable',
    body: localBody([device(), device()]),
    accepted: ['permissive', 'documented'],
  },
  {
    what: 'a member that no source names',
    action: 'enable',
    body: { ...local, priority: 7 },
    accepted: ['permissive', 'documented'],
  },
  { what: 'a local body without smsrOid', action: 'disable', body: withoutOid, accepted: ['permissive'] },
  { what: 'a MEID', action: 'activate', body: meid, accepted: ['permissive', 'documented'] },
  { what: 'a MEID in a local body', action: 'disable', body: { ...local, ...meid }, accepted: ['permissive'] },
  {
    what: 'a plan with an underscore',
    action: 'download',
    body: globalBody([device()], { servicePlan: 'M2M_4G' }),
    accepted: ['permissive', 'documented'],
  },
  {
    what: 'a ZIP code of four digits',
    action: 'activate',
    body: globalBody([device()], { mdnZipCode: '9810' }),
    accepted: ['permissive'],
  },
] as const)('$what is accepted only by the readings $accepted', async ({ action, body, accepted }) => {
  const found: string[] = []
  for (const reading of ['permissive', 'documented', 'strict'] as const) {
    await read(reading)
    if ((await bench.act(action, body)).status === 200) found.push(reading)
  }
  expect(found).toEqual(accepted)
})

test("the strict reading has the SDK's form of the request status, and version 2 for Global IoT only", async () => {
  await read('strict')
  const status = (version: 1 | 2, id: string) =>
    bench.m2m('GET', `/v${version}/accounts/${account}/requests/${id}/status`)
  const one = (await bench.act('download', globalBody([device('9005')]))).json.requestId
  const other = (await bench.act('enable', local)).json.requestId
  await bench.simulator.idle()
  expect((await status(2, one)).json).toEqual({
    requestId: one,
    status: 'Failed',
    subrequests: [{ ids: { kind: 'iccid', id: expect.any(String) }, status: 'Failed' }],
  })
  expect((await status(2, other)).status).toBe(400)
})
