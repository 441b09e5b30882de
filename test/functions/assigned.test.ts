import { expect, test } from 'vitest'
import { account, apiEvent, context, eidOf, iccidOf, imeiOf } from '../builders.ts'
import { createWorld } from '../fakes/world.ts'

const code = '1$rsp.example.com$SECRET-ACTIVATION-CODE'
const eid = { kind: 'eid', id: eidOf(1) }
const iccid = { kind: 'iccid', id: iccidOf(1) }
const imei = { kind: 'imei', id: imeiOf(1) }
const bodyOf = (deviceIds: object[]) => ({ devices: [{ deviceIds }], accountName: account })

const callbackOf = (deviceIds: object[], deviceResponse: unknown, more: object = {}) => ({
  requestId: 'upstream-1',
  deviceIds,
  deviceResponse,
  status: 'Success',
  callbackCount: 1,
  maxCallbackThreshold: 2,
  ...more,
})

async function assignedBy(action: string, ordered: object[], callback: unknown) {
  const world = createWorld()
  const { requestId } = await world.order(action, bodyOf(ordered))
  await world.callback(callback)
  await world.settle()
  const [device] = await world.devices(requestId)
  return { world, requestId, device }
}

test.each([
  ['a response of the renewal', callbackOf([imei, iccid], { renewActivationCodeResponse: { activationCode: code } })],
  ['a profile response', callbackOf([imei, iccid], { deviceProfileResponse: { ActivationCode: code } })],
  ['the message itself', callbackOf([imei, iccid], { deviceProfileResponse: {} }, { activationCode: code })],
])('a new activation code in %s is shown in the result of its device and nowhere else', async (_where, callback) => {
  const { world, requestId, device } = await assignedBy('renew_activation_code', [imei, iccid], callback)

  expect(device).toMatchObject({ status: 'succeeded', result: { assigned: { activationCode: code } } })
  const list = await world.get('/v1/requests', { query: { accountName: account } })
  const request = await world.get('/v1/requests/{requestId}', { path: { requestId } })
  expect([list.status, request.status]).toEqual([200, 200])
  const told = JSON.stringify([list, request, world.log.lines, world.topic.published])
  expect(told).toContain(requestId)
  expect(told).not.toContain('SECRET-ACTIVATION-CODE')
})

test('a caller of another account does not see assigned identifiers', async () => {
  const callback = callbackOf([imei, iccid], { renewActivationCodeResponse: { activationCode: code } })
  const { world, requestId } = await assignedBy('renew_activation_code', [imei, iccid], callback)
  const route = 'GET /v1/requests/{requestId}/devices'
  const stranger = apiEvent({ route, path: { requestId }, claims: { accounts: '[0000654321-00001]' } })

  const answer = await world.handlers.query(stranger, context)

  expect([answer.statusCode, String(answer.body).includes('SECRET')]).toEqual([404, false])
})

test('identifiers assigned by an activation appear in the result, in NDJSON and in the columns of the CSV', async () => {
  const mdn = { kind: 'mdn', id: '5551234567' }
  const activateResponse = {
    deviceIdentifierCollection: [
      { kind: 'ICCID', id: iccidOf(7) },
      { kind: 'mdn', id: '5559876543' },
      { kind: 'msisdn', id: '15559876543' },
    ],
    ipAddress: '10.0.0.7',
    state: 'active',
    servicePlan: 'sp4g',
  }
  const { world, requestId, device } = await assignedBy('activate', [mdn], callbackOf([mdn], { activateResponse }))

  const assigned = {
    iccid: iccidOf(7),
    mdn: '5559876543',
    msisdn: '15559876543',
    ipAddress: '10.0.0.7',
    servicePlan: 'sp4g',
  }
  expect(device).toMatchObject({ deviceIds: [mdn], status: 'succeeded', result: { assigned } })
  const shown = async (accept: string) =>
    (await world.get('/v1/requests/{requestId}/devices', { path: { requestId }, headers: { accept } })).body as string
  expect(JSON.parse(await shown('application/x-ndjson'))).toMatchObject({ result: { assigned } })
  const [names = '', values = ''] = (await shown('text/csv')).split('\r\n')
  const row = Object.fromEntries(names.split(',').map((name, index) => [name, values.split(',')[index]]))
  expect(row).toMatchObject({
    eid: '',
    iccid: iccidOf(7),
    // The identifier in the order has its own column.
    mdn: mdn.id,
    msisdn: '15559876543',
    ipAddress: '10.0.0.7',
    activationCode: '',
  })
})

test('the number of assigned values is limited, and they contain no credentials', async () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`value${index}`, 'x']))
  const deviceCredential = { username: 'line', password: 'line-secret' }
  const response = { password: 'line-secret', deviceCredential, long: 'x'.repeat(600), ...many }
  const { device } = await assignedBy('activate', [eid, imei], callbackOf([eid], { activateResponse: response }))

  const assigned = device?.result?.assigned ?? {}
  expect(Object.keys(assigned)).toHaveLength(16)
  expect(assigned).not.toHaveProperty('long')
  expect(JSON.stringify(device)).not.toContain('line-secret')
})
