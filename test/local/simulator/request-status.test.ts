import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, type Bench, device, globalBody, localBody, startBench } from './bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench({ times: { callbackDelayMs: 100 } })
})
afterAll(() => bench.stop())

const status = (version: 1 | 2, requestId: string, accountName = account) =>
  bench.m2m('GET', `/v${version}/accounts/${accountName}/requests/${requestId}/status`)

const activation = (...devices: unknown[]) => ({ devices, accountName: account, carrierName: 'Verizon Wireless' })

test.each([
  ['0000', 'Success'],
  ['9005', 'Failed'],
  ['9003', 'Pending'],
  ['9016', 'Success'],
])('version 1 shows an activation of a device ending in %s as pending, then as %s', async (suffix, final) => {
  const { requestId } = (await bench.act('activate', activation(device(suffix)))).json
  expect((await status(1, requestId)).json).toEqual({ requestId, status: 'Pending' })
  await bench.simulator.idle()
  expect((await status(1, requestId)).json).toEqual({ requestId, status: final })
})

test('version 2 shows the profiles of a Global request separately', async () => {
  const { requestId } = (
    await bench.act('device_suspend', { devices: [device('9010', ['eid'])], accountName: account })
  ).json
  await bench.simulator.idle()
  const { json } = await status(2, requestId)
  expect(json).toMatchObject({
    requestId,
    status: 'Failed',
    subRequests: [
      { ids: [{ kind: 'iccid' }], status: 'Failed' },
      { ids: [{ kind: 'iccid' }], status: 'Failed' },
      { ids: [{ kind: 'eid' }], status: 'Success' },
    ],
  })
})

test.each(['0000', '9005'])(
  'version 2 knows every action, such as enable of a local profile ending in %s',
  async (suffix) => {
    const final = suffix === '0000' ? 'Success' : 'Failed'
    const { requestId } = (await bench.act('enable', localBody([device(suffix)]))).json
    expect((await status(2, requestId)).json).toMatchObject({ status: 'Pending', subRequests: [{ status: 'Pending' }] })
    await bench.simulator.idle()
    expect((await status(2, requestId)).json).toMatchObject({
      requestId,
      status: final,
      subRequests: [{ ids: [{ kind: 'iccid' }], status: final }],
    })
  },
)

test("9025 has the overall status Success while the sub-request is pending, as in both of Verizon's examples", async () => {
  const { requestId } = (await bench.act('download', globalBody([device('9025')]))).json
  expect((await status(2, requestId)).json).toMatchObject({ status: 'Success', subRequests: [{ status: 'Pending' }] })
  await bench.simulator.idle()
  expect((await status(2, requestId)).json).toMatchObject({ status: 'Success', subRequests: [{ status: 'Failed' }] })
})

test('a status call with unsupported parameters is refused', async () => {
  const local = (await bench.act('enable', localBody([device()]))).json.requestId
  const several = (await bench.act('activate', activation(device(), device()))).json.requestId
  const bulk = (await bench.act('download', globalBody([device(), device()]))).json.requestId
  const single = (await bench.act('activate', activation(device()))).json.requestId
  const refused = [
    status(1, local),
    status(1, several),
    status(2, bulk),
    status(1, 'unknown'),
    status(1, single, 'another'),
  ]
  for (const reply of await Promise.all(refused)) {
    expect(reply).toMatchObject({
      status: 400,
      json: { errorCode: 'UnifiedWebService.REQUEST_FAILED.UnexpectedError' },
    })
  }
})
