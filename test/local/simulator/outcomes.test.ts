import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { account, type Bench, device, globalBody, localBody, startBench } from './bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench({ times: { lateDelayMs: 40 } })
})
beforeEach(async () => {
  await bench.simulator.reset(['listeners', 'credentials'])
  bench.listener.received.length = 0
})
afterAll(() => bench.stop())

type Device = ReturnType<typeof device>
const idOf = (asked: Device, kind: string) => asked.deviceIds.find((each) => each.kind === kind)!.id

/** Runs one local request for one device and returns its callbacks. */
const run = async (suffix: string, action: 'download_enable' | 'disable' = 'download_enable') => {
  const asked = device(suffix)
  const { json } = await bench.act(action, localBody([asked]))
  await bench.simulator.idle()
  return { asked, requestId: json.requestId as string, texts: bench.listener.received.map(({ text }) => text) }
}
const bodies = () => bench.listener.bodies()
const euicc = () => bodies().map((body) => body.deviceResponse.deviceProfileResponse.euiccStatus)

test.each(['0000', '9001', '9000', '9099', '0840', '4259'])('a device ending in %s succeeds once', async (suffix) => {
  const { asked, requestId } = await run(suffix)
  expect(bodies()).toMatchObject([
    {
      username: 'listener',
      password: 'listener-password',
      requestId,
      deviceIds: [
        { id: idOf(asked, 'iccid'), kind: 'Iccid' },
        { id: idOf(asked, 'eid'), kind: 'Eid' },
      ],
      deviceResponse: {
        deviceProfileResponse: {
          state: 'Active',
          profileStatus: 'DOWNLOAD_ENABLE',
          euiccStatus: 'EXECUTED_SUCCESS',
          euiccStatusCode: '1.2.365',
          euiccSubAddressUpdateStatus: 'EXECUTED_SUCCESS',
        },
      },
      callbackCount: 1,
      maxCallbackThreshold: 2,
    },
  ])
  expect(bodies()[0]).not.toHaveProperty('status')
})

test('9002 sends a warning that names IMEI and EID, then success', async () => {
  const { asked, requestId } = await run('9002')
  expect(euicc()).toEqual(['EXECUTED_WITHWARNING', 'EXECUTED_SUCCESS'])
  for (const body of bodies()) {
    expect(body).toMatchObject({
      requestId,
      status: 'Success',
      deviceIds: [{ kind: 'Imei' }, { kind: 'Eid', id: idOf(asked, 'eid') }],
    })
  }
  const [first, final] = bodies().map((body) => body.deviceResponse.deviceProfileResponse)
  expect(Object.keys(first)).toEqual(['euiccStatus', 'euiccStatusCode', 'euiccStatusDesc'])
  expect(first.euiccStatusCode).toBe('8.2.1,3.9')
  expect(final.deviceIdentifierCollection).toEqual([
    { id: idOf(asked, 'iccid'), kind: 'iccid' },
    { id: idOf(asked, 'eid'), kind: 'eid' },
  ])
  expect(final).not.toHaveProperty('deviceCredential')
})

test('9003 sends a warning and nothing else', async () => {
  await run('9003')
  expect(euicc()).toEqual(['EXECUTED_WITHWARNING'])
})

test('9004 sends a warning, then failure', async () => {
  await run('9004')
  expect(euicc()).toEqual(['EXECUTED_WITHWARNING', 'FAILED'])
  expect(bodies().map(({ status }) => status)).toEqual(['Success', 'Failed'])
})

test('9005 fails with a pair of codes', async () => {
  await run('9005')
  expect(bodies()).toMatchObject([
    {
      status: 'Failed',
      deviceResponse: { deviceProfileResponse: { euiccStatus: 'FAILED', euiccStatusCode: '1.2,4.2' } },
    },
  ])
})

test('9006 fails with the other pair of member names', async () => {
  await run('9006')
  expect(bodies()[0].deviceResponse.deviceProfileResponse).toEqual({
    profileStatus: 'Not Downloaded',
    euiccErrorCode: '8.2.1,3.3',
    euiccErrorDesc: expect.any(String),
  })
})

test('9007 sends expired', async () => {
  await run('9007')
  expect(euicc()).toEqual(['EXPIRED'])
})

test('9008 and 9009 send a fault with two members and with four', async () => {
  await run('9008')
  await run('9009')
  const faultcode = 'UnifiedWebService.INPUT_INVALID.Device.Account.Invalid'
  const [two, four] = bodies()
  expect(two).toMatchObject({ status: 'Failed', faultResponse: { faultcode } })
  expect(two).not.toHaveProperty('deviceResponse')
  expect(four).toMatchObject({ deviceResponse: null, faultResponse: { faultcode, faultactor: null, detail: null } })
})

test('9026 reports another profile of the card first, then the failure of the ordered profile', async () => {
  const { asked } = await run('9026')
  const [first, second] = bodies()
  const iccidOf = (body: (typeof first)['deviceIds']) =>
    body.deviceIds.find(({ kind }: { kind: string }) => kind === 'Iccid' || kind === 'iccid')?.id
  expect(iccidOf(first)).not.toBe(idOf(asked, 'iccid'))
  expect(iccidOf(second)).toBe(idOf(asked, 'iccid'))
  expect(euicc()).toEqual(['EXECUTED_SUCCESS', 'FAILED'])
})

test('9027 sends the ordered identifiers in other spellings', async () => {
  const { asked } = await run('9027', 'disable')
  const ids = [...bodies()[0].deviceIds, ...bodies()[0].deviceResponse.deviceProfileResponse.deviceIdentifierCollection]
  expect(ids).toContainEqual({ kind: 'iccid', id: `${idOf(asked, 'iccid')?.slice(0, 19)}F` })
  expect(ids).toContainEqual({ kind: 'imei', id: expect.stringMatching(/^35\d{12}01$/) })
  expect(ids).toContainEqual({ kind: 'mdn', id: expect.stringMatching(/^\+1\d{10}$/) })
})

test('9028 names the device only by kinds that the request did not use', async () => {
  await run('9028')
  expect(bodies()[0].deviceIds.map(({ kind }: { kind: string }) => kind.toLowerCase())).toEqual([
    'mdn',
    'imei',
    'msisdn',
  ])
})

test("9029 reports an activation in CarrierService's own member, without a status", async () => {
  await bench.act('activate', { devices: [device('9029')], accountName: account, carrierName: 'Verizon Wireless' })
  await bench.simulator.idle()
  expect(bodies()[0]).toMatchObject({
    deviceResponse: { activateResponse: { state: 'Active', deviceIdentifierCollection: expect.any(Array) } },
  })
  expect(bodies()[0]).not.toHaveProperty('status')
})

test('9010 reports already active, already suspended and already resumed', async () => {
  await run('9010', 'disable')
  await bench.act('profile_suspend', globalBody([device('9010', ['iccid'])]))
  await bench.simulator.idle()
  await bench.act('profile_resume', globalBody([device('9010', ['iccid'])]))
  await bench.simulator.idle()
  expect(bodies()[0].faultResponse.faultcode).toBe('UnifiedWebService.REQUEST_FAILED.DeviceAlreadyActive')
  expect(
    bodies()
      .slice(1)
      .map(({ faultResponse }) => faultResponse.faultstring),
  ).toEqual(['Profile is already suspended', 'Profile is already resumed'])
})

test('9011 sends the same callback three times', async () => {
  const { texts } = await run('9011')
  expect(texts).toHaveLength(3)
  expect(new Set(texts).size).toBe(1)
})

test('9012 sends the final success before its warning', async () => {
  await run('9012')
  expect(euicc()).toEqual(['EXECUTED_SUCCESS', 'EXECUTED_WITHWARNING'])
})

test('9013 sends other identifiers than ordered', async () => {
  const { asked } = await run('9013')
  const [{ deviceIds, deviceResponse }] = bodies()
  expect(deviceIds.map(({ kind }: { kind: string }) => kind)).toEqual(['Imei', 'Eid'])
  const inner: Array<{ kind: string; id: string }> = deviceResponse.deviceProfileResponse.deviceIdentifierCollection
  expect(inner.map(({ kind }) => kind)).toEqual(['imei', 'iccid', 'mdn', 'eid'])
  expect(inner.find(({ kind }) => kind === 'iccid')!.id).not.toBe(idOf(asked, 'iccid'))
  expect(inner.find(({ kind }) => kind === 'eid')!.id).toBe(idOf(asked, 'eid'))
})

test('9014 sends Pascal case with the counters as strings', async () => {
  const { requestId } = await run('9014')
  expect(bodies()).toMatchObject([
    {
      username: 'listener',
      RequestId: requestId,
      Device: [{ Kind: 'Iccid' }, { Kind: 'Eid' }],
      Data: {
        Data: {
          DeviceProfileService: { DownloadEnable: { EuiccStatus: 'EXECUTED_SUCCESS' } },
          Status: 'SUCCESS',
          CallbackCount: '1',
          MaxCallbackThreshold: '2',
        },
      },
    },
  ])
})

test('9015 omits the opening brace', async () => {
  const { texts, requestId } = await run('9015')
  expect(texts).toHaveLength(1)
  expect(texts[0]).toMatch(/^"username"/)
  expect(JSON.parse(`{${texts[0]}`)).toMatchObject({ requestId })
})

test('9016 loses the callback and records the loss', async () => {
  const { requestId } = await run('9016')
  expect(bodies()).toEqual([])
  expect(bench.simulator.callbacks()).toMatchObject([{ requestId, state: 'lost', attempts: [] }])
})

test('9017 sends one more callback under an unknown request id', async () => {
  const { requestId } = await run('9017')
  const [own, orphan] = bodies().toSorted((one) => (one.requestId === requestId ? -1 : 1))
  expect(own.requestId).toBe(requestId)
  expect(orphan.requestId).not.toBe(requestId)
  expect({ ...orphan, requestId }).toEqual(own)
})

test('9018 sends two final results that contradict each other', async () => {
  await run('9018')
  expect(euicc()).toEqual(['EXECUTED_SUCCESS', 'FAILED'])
})

test('9019 sends the callback before the response', async () => {
  const answered = bench.act('enable', localBody([device('9019')])).then(() => performance.now())
  const answeredAt = await answered
  expect(bench.listener.received).toHaveLength(1)
  expect(bench.listener.received[0]!.at).toBeLessThan(answeredAt)
})

test('9020 sends the final success under another request id', async () => {
  const { requestId } = await run('9020')
  const [first, final] = bodies()
  expect(first.requestId).toBe(requestId)
  expect(final.requestId).not.toBe(requestId)
  expect(final.deviceIds).toEqual(first.deviceIds)
})

test('9021 sends the counters as strings', async () => {
  await run('9021')
  expect(bodies()).toMatchObject([{ callbackCount: '1', maxCallbackThreshold: '2' }])
})

test('9024 sends success late', async () => {
  const { requestId } = await run('9024')
  expect(bodies()).toMatchObject([{ requestId }])
})

test('one request can mix outcomes, device by device', async () => {
  const suffixes = ['0000', '9005', '9008', '9016']
  await bench.act('disable', localBody(suffixes.map((suffix) => device(suffix))))
  await bench.simulator.idle()
  expect(bodies()).toHaveLength(3)
  expect(new Set(bodies().map(({ requestId }) => requestId)).size).toBe(1)
})

test('the callback for disable names IMEI and EID outside, and the whole line with its secrets inside', async () => {
  const { asked } = await run('0000', 'disable')
  const [{ deviceIds, deviceResponse, status }] = bodies()
  const { deviceIdentifierCollection, deviceCredential, profileStatus } = deviceResponse.deviceProfileResponse
  expect(deviceIds.map(({ kind }: { kind: string }) => kind)).toEqual(['imei', 'eid'])
  expect(deviceIdentifierCollection).toContainEqual({ id: idOf(asked, 'iccid'), kind: 'iccid' })
  expect(deviceCredential).toEqual({ username: expect.stringContaining('@vzw4g.com'), password: expect.any(String) })
  expect({ status, profileStatus }).toEqual({ status: 'Success', profileStatus: 'disable' })
})

test('Global IoT callbacks have no credentials and an upper-case status', async () => {
  await bench.act('download', globalBody([device('0000', ['eid', 'iccid', 'imei']), device('9005', ['eid', 'iccid'])]))
  await bench.simulator.idle()
  const [success, failure] = bodies().toSorted((one) => (one.status === 'SUCCESS' ? -1 : 1))
  expect(Object.keys(success)).toEqual([
    'requestId',
    'deviceIds',
    'deviceResponse',
    'status',
    'callbackCount',
    'maxCallbackThreshold',
  ])
  expect(success.deviceResponse.deviceProfileResponse).toMatchObject({
    state: 'ACTIVE',
    profileStatus: 'ENABLE',
    profileRole: 'LOCAL',
  })
  expect(success.deviceIds.map(({ kind }: { kind: string }) => kind)).toEqual(['Iccid', 'Imei', 'Eid', 'mdn'])
  expect(failure).not.toHaveProperty('username')
})

test.each(['device_suspend', 'device_resume'] as const)(
  '%s sends a callback for each profile and then one for the device',
  async (action) => {
    const asked = device('0000', ['eid'])
    await bench.act(action, { devices: [asked], accountName: account })
    await bench.simulator.idle()
    const responses = bodies().map(({ deviceResponse }) => deviceResponse.deviceProfileResponse)
    expect(responses.map(({ profileRole }) => profileRole)).toHaveLength(3)
    expect(new Set(responses.slice(0, 2).map(({ profileRole }) => profileRole))).toEqual(new Set(['LEAD', 'LOCAL']))
    expect(bodies()[2].deviceIds).toEqual([{ id: idOf(asked, 'eid'), kind: 'Eid' }])
  },
)

test('a device whose profiles are already suspended is suspended itself', async () => {
  await bench.act('device_suspend', { devices: [device('9010', ['eid'])], accountName: account })
  await bench.simulator.idle()
  const faults = bodies().map(({ faultResponse }) => faultResponse?.faultstring)
  expect(faults).toEqual(['Profile is already suspended', 'Profile is already suspended', undefined])
})

test('callbacks for activations have identifier kinds in lower case', async () => {
  const asked = device('0000', ['imei', 'eid'])
  await bench.act('activate_enable', { devices: [asked], accountName: account, servicePlan: 'plan' })
  await bench.simulator.idle()
  expect(bodies()).toMatchObject([
    {
      username: 'listener',
      deviceIds: [{ kind: 'iccid' }, { kind: 'imei', id: idOf(asked, 'imei') }, { kind: 'eid' }],
      status: 'Success',
    },
  ])
})

test.each([['mdn'], ['imei']])('a device ordered only by its %s is recognisable in the callback', async (kind) => {
  const asked = device('0000', [kind])
  await bench.act('activate_enable', { devices: [asked], accountName: account })
  await bench.simulator.idle()
  expect(bodies()[0].deviceIds).toContainEqual({ id: idOf(asked, kind), kind })
})

test('the ending of the ICCID has priority over that of the EID, and the EID over the IMEI', async () => {
  const [eid] = device('9005', ['eid']).deviceIds
  const [iccid] = device('0000', ['iccid']).deviceIds
  await bench.act('enable', localBody([{ deviceIds: [eid, iccid] }]))
  await bench.simulator.idle()
  expect(euicc()).toEqual(['EXECUTED_SUCCESS'])
})
