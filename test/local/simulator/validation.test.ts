import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actionNames } from '../../../local/simulator/actions.ts'
import { account, type Bench, device, globalBody, localBody, send, startBench } from './bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench({ accounts: [account] })
})
afterAll(() => bench.stop())

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const many = (count: number, kinds?: readonly string[]) => Array.from({ length: count }, () => device('0000', kinds))

const global = ['eid', 'iccid', 'imei']
test.each([
  ['download', 'global', globalBody([device('0000', global)])],
  ['download_enable', 'local', localBody([device()])],
  ['download_enable', 'global', globalBody([device('0000', global)])],
  ['download_disable', 'local', localBody([device()])],
  ['enable', 'local', localBody([device()])],
  ['enable', 'global', globalBody([device()])],
  ['disable', 'local', localBody([device()])],
  ['delete', 'local', localBody([device()])],
  ['delete', 'global', globalBody([device()])],
  [
    'setfallbackattribute',
    'device',
    { devices: [device('0000', ['imei', 'eid'])], accountName: account, carrierName: 'Verizon Wireless' },
  ],
  ['setfallbackattribute', 'global', { devices: [device('0000', global)], accountName: account }],
  [
    'activate',
    'device',
    {
      devices: [device()],
      accountName: account,
      carrierName: 'Verizon Wireless',
      servicePlan: 'p',
      mdnZipCode: '98103',
    },
  ],
  ['activate', 'global', globalBody([device()], { mdnZipCode: '98103' })],
  [
    'activate',
    'consumer',
    {
      devices: [device('0000', ['eid', 'imei'])],
      accountName: account,
      carrierName: 'Verizon Wireless',
      servicePlan: 'HybridESim',
    },
  ],
  [
    'activate_enable',
    'device',
    { devices: [device('0000', ['imei', 'eid'])], accountName: account, servicePlan: 'p', mdnZipCode: '98103' },
  ],
  [
    'deactivate',
    'device',
    {
      devices: [device('0000', ['imei', 'eid'])],
      accountName: account,
      carrierName: 'v',
      reasonCode: 'string',
      etfWaiver: false,
      checkFallbackProfile: false,
    },
  ],
  ['deactivate', 'global', globalBody([device('0000', ['eid'])], { etfWaiver: false, reasonCode: 'FF' })],
  [
    'deactivate',
    'consumer',
    {
      devices: [device()],
      accountName: account,
      carrierName: 'v',
      reasonCode: 'FF',
      etfWaiver: false,
      checkFallbackProfile: false,
    },
  ],
  ['profile_suspend', 'global', globalBody([device('0000', ['iccid'])])],
  ['profile_resume', 'global', globalBody([device('0000', ['iccid'])])],
  ['device_suspend', 'global', { devices: [device('0000', ['eid'])], accountName: account }],
  ['device_resume', 'global', { devices: [device('0000', ['eid'])], accountName: account }],
  ['serviceplan', 'global', globalBody([device()])],
  ['renew_activation_code', 'consumer', { devices: [device('0000', ['imei', 'iccid'])], accountName: account }],
] as const)('%s is accepted with a %s body', async (action, family, body) => {
  const reply = await bench.act(action, body)
  expect(reply).toMatchObject({ status: 200, json: { requestId: expect.stringMatching(uuid) } })
  expect(bench.simulator.submissions().at(-1)).toMatchObject({ requestId: reply.json.requestId, action, family, body })
})

test('the simulator knows sixteen actions and answers any other like a wrong path', async () => {
  expect(actionNames).toHaveLength(16)
  expect(await bench.act('unknown', {})).toMatchObject({ status: 400, json: { fault: { code: '900906' } } })
})

test.each([
  '/m2m/v1/devices/profile/actions/enable',
  '/api/m2m/v1//devices/profile/actions/enable',
  '/api/v1/devices/profile/actions/enable',
  '/',
])('the path %s is not served', async (path) => {
  const reply = await send('POST', bench.baseUrl + path, bench.m2mHeaders(), JSON.stringify(localBody([device()])))
  expect(reply).toMatchObject({ status: 400, json: { fault: { code: '900906' } } })
})

test('the same body is executed again with another request id', async () => {
  const body = localBody([device()])
  const [first, second] = [await bench.act('enable', body), await bench.act('enable', body)]
  expect(first.json.requestId).not.toBe(second.json.requestId)
  expect(bench.simulator.submissions().filter((each) => isDeepStrictEqual({ ...each.body }, body))).toHaveLength(2)
})

const { smsrOid: _, ...withoutOid } = localBody([device()])
const refused: Array<[what: string, action: 'disable' | 'enable' | 'activate', body: unknown, code: string]> = [
  ['no body', 'disable', '', 'INPUT_INVALID.RequestUndefined'],
  ['an empty object', 'disable', {}, 'INPUT_INVALID.RequestUndefined'],
  ['broken JSON', 'disable', '{"devices":[', 'DeserializationFailed'],
  ['an array', 'disable', '[]', 'DeserializationFailed'],
  ['no account name', 'disable', { devices: [device()], smsrOid: '1.2' }, 'INPUT_INVALID.Account.NotDefined'],
  [
    'an account that does not exist',
    'disable',
    localBody([device()], { accountName: 'x' }),
    'REQUEST_FAILED.AccountNotFound',
  ],
  ['no devices', 'disable', { accountName: account, smsrOid: '1.2' }, 'DeserializationFailed'],
  ['an empty list of devices', 'disable', localBody([]), 'DeserializationFailed'],
  ['a local request without smsrOid', 'disable', withoutOid, 'DeserializationFailed'],
  ['a device without ICCID', 'disable', localBody([device('0000', ['eid'])]), 'DeserializationFailed'],
  [
    'an IMEI in a local request',
    'enable',
    localBody([device('0000', ['eid', 'iccid', 'imei'])]),
    'INPUT_INVALID.Device.Kind.Invalid',
  ],
  [
    'an unknown kind',
    'enable',
    localBody([{ deviceIds: [{ kind: 'serial', id: '1' }] }]),
    'INPUT_INVALID.Device.Kind.Invalid',
  ],
  [
    'letters in an ICCID',
    'enable',
    localBody([
      {
        deviceIds: [
          { kind: 'eid', id: '8'.repeat(32) },
          { kind: 'iccid', id: '8914800000000000000X' },
        ],
      },
    ]),
    'INPUT_INVALID.Device.Identifier.Invalid',
  ],
  [
    'an EID of 29 digits',
    'enable',
    localBody([
      {
        deviceIds: [
          { kind: 'eid', id: '8'.repeat(29) },
          { kind: 'iccid', id: '8'.repeat(20) },
        ],
      },
    ]),
    'INPUT_INVALID.Device.Identifier.Invalid',
  ],
  [
    'an apostrophe deep inside',
    'activate',
    { devices: [device()], accountName: account, primaryPlaceOfUse: { customerName: { lastName: "O'Hara" } } },
    'INPUT_INVALID.Request.InvalidCharacter',
  ],
  ['a less-than sign', 'disable', localBody([device()], { note: 'a<b' }), 'INPUT_INVALID.Request.InvalidCharacter'],
  ['201 devices', 'disable', localBody(many(201)), 'INPUT_INVALID.NumberofDevices'],
  ['10,001 devices', 'disable', localBody(many(10_001)), 'INPUT_INVALID.MaxRequestsExceeded'],
  [
    'a plan that does not exist',
    'activate',
    { devices: [device()], accountName: account, carrierName: 'v', servicePlan: 'NO_SUCH_PLAN' },
    'REQUEST_FAILED._servicePlan_.NotFound',
  ],
  [
    'a ZIP code of four digits',
    'activate',
    { devices: [device()], accountName: account, carrierName: 'v', mdnZipCode: '9810' },
    'DeserializationFailed',
  ],
  [
    'a device to be refused',
    'disable',
    localBody([device(), device('9022')]),
    'INPUT_INVALID.Device.Identifier.Invalid',
  ],
  ['a device not found', 'disable', localBody([device(), device('9023')]), 'REQUEST_FAILED.DeviceNotFound'],
]
test.each(refused)('the simulator refuses %s and runs nothing', async (_what, action, body, code) => {
  const before = bench.simulator.submissions().length
  const reply = await bench.act(action, body)
  expect([reply.status, reply.json.errorCode]).toEqual([400, `UnifiedWebService.${code}`])
  expect(reply.json.errorMessage).toEqual(expect.any(String))
  expect(bench.simulator.submissions()).toHaveLength(before)
})

test('Global IoT and set-fallback errors contain the three digits of the HTTP status', async () => {
  const bodies = [
    bench.act('download', globalBody([device('0000', ['eid'])])),
    bench.act('delete', globalBody([device('0000', ['eid'])])),
    bench.act('setfallbackattribute', { devices: [], accountName: account, carrierName: 'v' }),
  ]
  for (const reply of await Promise.all(bodies)) {
    expect(reply).toMatchObject({ status: 400, json: { errorCode: '400', errorMessage: expect.any(String) } })
  }
})

test("kinds are read in any casing, and `ids` as in Verizon's SDKs", async () => {
  const loud = { deviceIds: device().deviceIds.map(({ kind, id }) => ({ kind: kind.toUpperCase(), id })) }
  expect((await bench.act('enable', localBody([loud]))).status).toBe(200)
  const sdk = { ids: device('0000', ['imei', 'eid']).deviceIds }
  expect((await bench.act('deactivate', { devices: [sdk], accountName: account, carrierName: 'v' })).status).toBe(200)
})

test('a body of another content type is not read', async () => {
  const headers = { ...bench.m2mHeaders(), 'content-type': 'text/plain' }
  const url = `${bench.baseUrl}/api/m2m/v1/devices/profile/actions/enable`
  const reply = await send('POST', url, headers, JSON.stringify(localBody([device()])))
  expect(reply.json.errorCode).toBe('UnifiedWebService.DeserializationFailed')
})
