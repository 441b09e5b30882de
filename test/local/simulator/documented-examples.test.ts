import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bench, startBench } from './bench.ts'

/** The example requests of Verizon's four profile pages, as printed there, and their callbacks. */
let bench: Bench
const accounts = ['4 3TOM HPN2 S', '1223334444-00001', '0000123456-00001']
beforeAll(async () => {
  bench = await startBench({ maxCallbackThreshold: 4 })
  for (const accountName of accounts) await bench.register('DeviceProfileService', accountName)
})
afterAll(() => bench.stop())

const run = async (action: Parameters<Bench['act']>[0], body: unknown) => {
  bench.listener.received.length = 0
  const reply = await bench.act(action, body)
  expect(reply.status).toBe(200)
  await bench.simulator.idle()
  const [callback, ...others] = bench.listener.bodies()
  expect(others).toEqual([])
  return { callback, requestId: reply.json.requestId }
}

test('the callback for setfallbackattribute is in Pascal case', async () => {
  const { callback, requestId } = await run('setfallbackattribute', {
    devices: [
      {
        deviceIds: [
          { id: '990001131241920', kind: 'imei' },
          { id: '376456789123456789123456782019', kind: 'eid' },
        ],
      },
    ],
    accountName: '4 3TOM HPN2 S',
    carrierName: 'Verizon Wireless',
  })
  const ids = [
    { Kind: 'Iccid', Identifier: expect.stringMatching(/^\d{20}$/) },
    { Kind: 'Eid', Identifier: '376456789123456789123456782019' },
  ]
  expect(callback).toEqual({
    username: 'listener',
    password: 'listener-password',
    RequestId: requestId,
    Device: ids,
    Data: {
      Data: {
        DeviceProfileService: {
          SetFallbackAttribute: {
            DeviceIdentifierCollection: ids,
            EuiccStatus: 'EXECUTED_SUCCESS',
            EuiccStatusCode: '1.2.365',
            EuiccStatusDesc: 'EUICC device profile has been updated',
          },
        },
        Status: 'SUCCESS',
        CallbackCount: '1',
        MaxCallbackThreshold: '4',
      },
    },
  })
})

test('the callback for download_enable has the sub-address members and no status', async () => {
  const eid = '678912789123453456784008666456'
  const iccid = '78425989148000000840'
  const { callback, requestId } = await run('download_enable', {
    devices: [
      {
        deviceIds: [
          { kind: 'eid', id: eid },
          { kind: 'iccid', id: iccid },
        ],
      },
    ],
    accountName: '1223334444-00001',
    smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
  })
  expect(callback).toEqual({
    username: 'listener',
    password: 'listener-password',
    requestId,
    deviceIds: [
      { id: iccid, kind: 'Iccid' },
      { id: eid, kind: 'Eid' },
    ],
    deviceResponse: {
      deviceProfileResponse: {
        deviceIdentifierCollection: [
          { id: iccid, kind: 'iccid' },
          { id: eid, kind: 'eid' },
        ],
        ipAddress: expect.any(String),
        state: 'Active',
        servicePlan: 'sp4g',
        deviceCredential: {},
        smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
        profileStatus: 'DOWNLOAD_ENABLE',
        euiccStatus: 'EXECUTED_SUCCESS',
        euiccStatusCode: '1.2.365',
        euiccStatusDesc: 'EUICC device profile has been updated',
        euiccSubAddressUpdateStatus: 'EXECUTED_SUCCESS',
        euiccSubAddressUpdateStatusCode: '1',
        euiccSubAddressUpdateStatusDesc: 'SUCCESS: Address has been updated',
      },
    },
    callbackCount: 1,
    maxCallbackThreshold: 4,
  })
})

test('the callback for a Global download has no credentials', async () => {
  const ids = [
    { id: '89148000000840784260', kind: 'Iccid' },
    { id: '990001131241921', kind: 'Imei' },
    { id: '37645678912345678912345678201999', kind: 'Eid' },
    { id: expect.stringMatching(/^\d{10}$/), kind: 'mdn' },
  ]
  const { callback, requestId } = await run('download', {
    devices: [
      {
        deviceIds: [
          { kind: 'eid', id: '37645678912345678912345678201999' },
          { kind: 'iccid', id: '89148000000840784260' },
          { kind: 'imei', id: '990001131241921' },
        ],
      },
    ],
    accountName: '0000123456-00001',
    servicePlan: 'service plan name',
  })
  expect(callback).toEqual({
    requestId,
    deviceIds: ids,
    deviceResponse: {
      deviceProfileResponse: {
        deviceIdentifierCollection: ids,
        state: 'ACTIVE',
        profileStatus: 'ENABLE',
        profileRole: 'LOCAL',
      },
    },
    status: 'SUCCESS',
    callbackCount: 1,
    maxCallbackThreshold: 4,
  })
})

test('the callback for disable names the IMEI and contains the line', async () => {
  const eid = '666456789123456789123456784008'
  const imei = '666456789014008'
  const { callback, requestId } = await run('disable', {
    devices: [
      {
        deviceIds: [
          { kind: 'eid', id: eid },
          { kind: 'iccid', id: '89148000000840784259' },
        ],
      },
    ],
    accountName: '1223334444-00001',
    smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
  })
  expect(callback).toMatchObject({
    requestId,
    deviceIds: [
      { id: imei, kind: 'imei' },
      { id: eid, kind: 'eid' },
    ],
    deviceResponse: {
      deviceProfileResponse: {
        deviceIdentifierCollection: [
          { id: imei, kind: 'imei' },
          { id: '89148000000840784259', kind: 'iccid' },
          { id: '2022326360', kind: 'mdn' },
          { id: eid, kind: 'eid' },
        ],
        state: 'Active',
        deviceCredential: { username: '2022326360@vzw4g.com', password: '2022326360' },
        profileStatus: 'disable',
        euiccStatus: 'EXECUTED_SUCCESS',
      },
    },
    status: 'Success',
  })
})
