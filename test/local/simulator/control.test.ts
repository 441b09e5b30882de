import { afterEach, beforeEach, expect, test } from 'vitest'
import { createThingSpaceSimulator } from '../../../local/simulator/simulator.ts'
import { account, type Bench, device, localBody, startBench } from './bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
})
afterEach(() => bench.stop())

const accept = async (suffix = '0000'): Promise<string> => {
  const { requestId } = (await bench.act('enable', localBody([device(suffix)]))).json
  await bench.simulator.idle()
  return requestId
}

test('the control API sends a result under an unknown request id', async () => {
  const deviceIds = [{ kind: 'ICCID', id: '89148000000000000001' }]
  const before = bench.listener.received.length

  const { status, json } = await bench.control('POST', '/callbacks/stranger', { accountName: account, deviceIds })

  expect(status).toBe(200)
  expect(bench.listener.bodies().slice(before)).toMatchObject([
    { requestId: json.requestId, deviceIds, status: 'Success' },
  ])
  expect(bench.simulator.submissions().map(({ requestId }) => requestId)).not.toContain(json.requestId)
})

test('the control API shows registrations, calls and available commands', async () => {
  await accept()
  const { json } = await bench.control('GET', '')
  expect(json).toMatchObject({ badDays: [], counts: { submissions: 1, callbacks: 1, logins: 1, tokenRequests: 1 } })
  expect(json.listeners).toHaveLength(2)
  expect(json.magicIdentifiers).toContainEqual(
    expect.objectContaining({ suffix: '9002', name: 'warning-then-success' }),
  )
})

test('the control API lists submissions and callbacks', async () => {
  const requestId = await accept()
  expect((await bench.control('GET', '/submissions')).json).toMatchObject([
    { requestId, action: 'enable', family: 'local', accountName: account },
  ])
  expect((await bench.control('GET', '/callbacks')).json).toMatchObject([
    { requestId, state: 'acknowledged', attempts: [{ callbackCount: 1, answer: { status: 200 } }] },
  ])
})

test('the control API delivers the callback of a request again, even a lost one', async () => {
  const requestId = await accept('9016')
  expect(bench.listener.received).toHaveLength(0)
  expect((await bench.control('POST', '/callbacks/redeliver', { requestId })).json).toEqual({ messages: 1 })
  expect(bench.listener.bodies()).toMatchObject([{ requestId }])
  expect((await bench.control('POST', '/callbacks/redeliver', { requestId: 'unknown' })).status).toBe(404)
})

test('the control API sends any text to a listener unchanged', async () => {
  const message = { accountName: account, serviceName: 'CarrierService', body: '{"broken": ' }
  expect((await bench.control('POST', '/callbacks/send', message)).json).toEqual({ status: 200 })
  await bench.control('POST', '/callbacks/send', { accountName: account, body: { anything: true } })
  expect(bench.listener.received.map(({ text }) => text)).toEqual(['{"broken": ', '{"anything":true}'])
  expect((await bench.control('POST', '/callbacks/send', { accountName: 'x', body: '' })).status).toBe(404)
})

test('a reset removes everything, or keeps listeners and credentials', async () => {
  await accept()
  await bench.control('POST', '/reset', { keep: ['listeners', 'credentials'] })
  expect((await bench.control('GET', '')).json).toMatchObject({ counts: { submissions: 0, callbacks: 0, logins: 1 } })
  await accept()
  expect(bench.listener.received).toHaveLength(2)
  await bench.control('POST', '/reset')
  expect((await bench.control('GET', '')).json.listeners).toEqual([])
  expect((await bench.act('enable', localBody([device()]))).status).toBe(401)
})

test('a reset cancels planned callbacks', async () => {
  const slow = await startBench({ times: { callbackDelayMs: 60_000 } })
  await slow.act('enable', localBody([device()]))
  await slow.simulator.reset()
  await slow.simulator.idle()
  expect(slow.listener.received).toEqual([])
  await slow.stop()
})

test('the control API answers an unknown call with the known ones', async () => {
  const reply = await bench.control('GET', '/nothing')
  expect(reply.status).toBe(404)
  expect(reply.json.calls).toContain('GET /control')
})

test('a port that is in use is reported in one sentence, and nothing stays running', async () => {
  const second = createThingSpaceSimulator({ port: bench.port })
  await expect(second.start()).rejects.toThrow(`port ${bench.port} on 127.0.0.1 is already in use`)
  const third = createThingSpaceSimulator({ controlPort: bench.port })
  await expect(third.start()).rejects.toThrow('already in use')
  await third.stop()
})

test('a seed makes every id the same in each run', async () => {
  const tokens = async () => {
    const seeded = await startBench({ seed: 'one' })
    const { requestId } = (await seeded.act('enable', localBody([device()]))).json
    await seeded.stop()
    return [seeded.credentials.bearer, seeded.credentials.session, requestId]
  }
  expect(await tokens()).toEqual(await tokens())
})
