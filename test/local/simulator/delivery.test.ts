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

test('a callback is a POST of JSON by the callback service', async () => {
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

test.each([200, 202, 204, 299])('%i acknowledges', async (status) => {
  bench.listener.behaviour.answer = () => status
  await accept()
  await bench.simulator.idle()
  expect(counts()).toEqual([1])
  expect(bench.simulator.callbacks()).toMatchObject([{ state: 'acknowledged', attempts: [{ answer: { status } }] }])
})

test.each([403, 503, 302, 'reset'] as const)('%s is repeated exactly once, after a while', async (answer) => {
  bench.listener.behaviour.answer = () => answer
  await accept()
  await bench.simulator.idle()
  expect(counts()).toEqual([1, 2])
  const [first, second] = bench.listener.received
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(55)
  expect(bench.simulator.callbacks()).toMatchObject([{ state: 'unacknowledged', attempts: [{}, {}] }])
})

test('a repeat that is acknowledged is the end of it', async () => {
  bench.listener.behaviour.answer = ({ text }) => (JSON.parse(text).callbackCount === 1 ? 500 : 200)
  await accept()
  await bench.simulator.idle()
  expect(bench.simulator.callbacks()).toMatchObject([{ state: 'acknowledged' }])
})

test('a listener that keeps silent gets the same message again while the first is still open', async () => {
  bench.listener.behaviour.answer = ({ text }) => (JSON.parse(text).callbackCount === 1 ? 'silent' : 200)
  await accept()
  await until(() => bench.listener.received.length === 2)
  const [first, second] = bench.listener.received
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(145)
  expect(bench.simulator.callbacks()[0]!.attempts[0]).not.toHaveProperty('answer')
  await bench.simulator.idle()
  expect(counts()).toEqual([1, 2])
})

test('silence twice is given up', async () => {
  bench.listener.behaviour.answer = () => 'silent'
  await accept()
  await bench.simulator.idle()
  expect(counts()).toEqual([1, 2])
  expect(bench.simulator.callbacks()).toMatchObject([
    { state: 'unacknowledged', attempts: [{ answer: { error: 'no answer' } }, {}] },
  ])
})

test('a listener that is down counts as a refusal', async () => {
  await bench.listener.stop()
  await accept()
  await bench.simulator.idle()
  const refused = { answer: { error: 'ECONNREFUSED' } }
  expect(bench.simulator.callbacks()).toMatchObject([{ state: 'unacknowledged', attempts: [refused, refused] }])
})

test('the threshold of the documents can be set: four deliveries', async () => {
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

test('without a listener of either service the message is lost', async () => {
  for (const service of ['DeviceProfileService', 'CarrierService'])
    await bench.m2m('DELETE', `/v1/callbacks/${account}/name/${service}`)
  const requestId = await accept()
  await bench.simulator.idle()
  expect(bench.simulator.callbacks()).toMatchObject([{ requestId, state: 'lost', attempts: [] }])
})

test('each service has its listener, and one serves for the other where only one is registered', async () => {
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

test('credentials are those of the registration at the time of sending, and empty without any', async () => {
  await bench.m2m('POST', `/v1/callbacks/${account}`, { name: 'DeviceProfileService', url: bench.listener.url })
  await accept()
  await bench.simulator.idle()
  expect(bench.listener.bodies()).toMatchObject([{ username: '', password: '' }])
})

test('no more than so many callbacks are under way at once', async () => {
  const narrow = await startBench({ callbackConcurrency: 3, times: { noAnswerMs: 5_000, abandonMs: 5_000 } })
  narrow.listener.behaviour.answer = () => 'silent'
  await narrow.act('enable', localBody(Array.from({ length: 10 }, () => device())))
  await until(() => narrow.listener.received.length === 3)
  await pause(50)
  expect(narrow.listener.received).toHaveLength(3)
  await narrow.stop()
})
