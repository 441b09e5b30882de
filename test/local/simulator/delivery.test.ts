import { afterEach, beforeEach, expect, test } from 'vitest'
import { account, type Bench, device, localBody, pause, startBench, until } from './bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench({ times: { noAnswerMs: 150, abandonMs: 400 } })
})
afterEach(() => bench.stop())

const accept = async (suffix = '0000'): Promise<string> =>
  (await bench.act('enable', localBody([device(suffix)]))).json.requestId
const counts = () => bench.listener.bodies().map(({ callbackCount }) => callbackCount)

test('a callback is a POST of JSON from the callback service', async () => {
  await accept()
  await bench.simulator.idle()
  expect(bench.listener.received).toMatchObject([
    {
      method: 'POST',
      url: '/callbacks',
      headers: { 'content-type': 'application/json', 'user-agent': "Verizon's callback service" },
    },
  ])
  expect(bench.listener.received[0]!.headers).not.toHaveProperty('authorization')
})

test.each([200, 202, 204, 299])('the status %i acknowledges a callback', async (status) => {
  bench.listener.behaviour.answer = () => status
  await accept()
  await bench.simulator.idle()
  expect(counts()).toEqual([1])
  expect(bench.simulator.callbacks()).toMatchObject([{ state: 'acknowledged', attempts: [{ answer: { status } }] }])
})

test.each([403, 503, 302, 'reset'] as const)(
  'a callback answered with %s is repeated exactly once after a pause',
  async (answer) => {
    bench.listener.behaviour.answer = () => answer
    await accept()
    await bench.simulator.idle()
    expect(counts()).toEqual([1, 2])
    const [first, second] = bench.listener.received
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(55)
    expect(bench.simulator.callbacks()).toMatchObject([{ state: 'unacknowledged', attempts: [{}, {}] }])
  },
)

test('a repeated callback that is acknowledged is not sent again', async () => {
  bench.listener.behaviour.answer = ({ text }) => (JSON.parse(text).callbackCount === 1 ? 500 : 200)
  await accept()
  await bench.simulator.idle()
  expect(bench.simulator.callbacks()).toMatchObject([{ state: 'acknowledged' }])
})

test('a callback without an answer is repeated while the first is still open', async () => {
  bench.listener.behaviour.answer = ({ text }) => (JSON.parse(text).callbackCount === 1 ? 'silent' : 200)
  await accept()
  await until(() => bench.listener.received.length === 2)
  const [first, second] = bench.listener.received
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(145)
  expect(bench.simulator.callbacks()[0]!.attempts[0]).not.toHaveProperty('answer')
  await bench.simulator.idle()
  expect(counts()).toEqual([1, 2])
})

test('a callback without an answer twice is given up', async () => {
  bench.listener.behaviour.answer = () => 'silent'
  await accept()
  await bench.simulator.idle()
  expect(counts()).toEqual([1, 2])
  expect(bench.simulator.callbacks()).toMatchObject([
    { state: 'unacknowledged', attempts: [{ answer: { error: 'no answer' } }, {}] },
  ])
})

test('a callback to a listener that is down is repeated', async () => {
  await bench.listener.stop()
  await accept()
  await bench.simulator.idle()
  const refused = { answer: { error: 'ECONNREFUSED' } }
  expect(bench.simulator.callbacks()).toMatchObject([{ state: 'unacknowledged', attempts: [refused, refused] }])
})

test('the threshold of deliveries can be set to four', async () => {
  const patient = await startBench({ maxCallbackThreshold: 4, times: { redeliveryDelayMs: 5 } })
  patient.listener.behaviour.answer = () => 503
  await patient.act('enable', localBody([device()]))
  await patient.simulator.idle()
  expect(patient.listener.bodies().map((body) => [body.callbackCount, body.maxCallbackThreshold])).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
  ])
  await patient.stop()
})

test('a callback without a registered listener is lost', async () => {
  for (const service of ['DeviceProfileService', 'CarrierService'])
    await bench.m2m('DELETE', `/v1/callbacks/${account}/name/${service}`)
  const requestId = await accept()
  await bench.simulator.idle()
  expect(bench.simulator.callbacks()).toMatchObject([{ requestId, state: 'lost', attempts: [] }])
})

test('each service has its listener, and one listener receives all callbacks if it is the only one', async () => {
  const at = (service: string, path: string) =>
    bench.m2m('POST', `/v1/callbacks/${account}`, { name: service, url: `${bench.listener.url}/${path}` })
  const activation = { devices: [device()], accountName: account, carrierName: 'Verizon Wireless' }
  await at('CarrierService', 'carrier')
  await at('DeviceProfileService', 'profile')
  await bench.act('activate', activation)
  await bench.simulator.idle()
  await accept()
  await bench.simulator.idle()
  await bench.m2m('DELETE', `/v1/callbacks/${account}/name/CarrierService`)
  await bench.act('activate', activation)
  await bench.simulator.idle()
  expect(bench.listener.received.map(({ url }) => url)).toEqual([
    '/callbacks/carrier',
    '/callbacks/profile',
    '/callbacks/profile',
  ])
})

test('a callback has the credentials of the registration at the time of sending, or empty ones', async () => {
  await bench.m2m('POST', `/v1/callbacks/${account}`, { name: 'DeviceProfileService', url: bench.listener.url })
  await accept()
  await bench.simulator.idle()
  expect(bench.listener.bodies()).toMatchObject([{ username: '', password: '' }])
})

test('the number of concurrent callbacks is limited', async () => {
  const narrow = await startBench({ callbackConcurrency: 3, times: { noAnswerMs: 5_000, abandonMs: 5_000 } })
  narrow.listener.behaviour.answer = () => 'silent'
  await narrow.act('enable', localBody(Array.from({ length: 10 }, () => device())))
  await until(() => narrow.listener.received.length === 3)
  await pause(50)
  expect(narrow.listener.received).toHaveLength(3)
  await narrow.stop()
})
