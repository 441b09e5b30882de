import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { createLog } from '../lib/log.ts'
import { account, context, eidOf, iccidOf, imeiOf, localBody, someDevices, sqsEvent, submitEvent } from './builders.ts'
import { losesTheCall } from './fakes/thing-space.ts'
import { aCallbackOf, createWorld, listedAddress, type World } from './fakes/world.ts'
import type { LogMessage } from '../lib/profile/log-messages.ts'

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({ license: z.string().optional(), dev: z.boolean().optional(), link: z.boolean().optional() }),
  ),
})
const lock = Lock.parse(JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')))
const deployed = Object.entries(lock.packages).filter(
  ([path, { dev, link, ...entry }]) =>
    path.startsWith('node_modules/') && dev !== true && link !== true && entry['optional'] !== true,
)

describe('the deployed packages', () => {
  test('have permissive licences only', () => {
    const permissive = new Set(['MIT', 'MIT-0', 'Apache-2.0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause'])
    const others = deployed.filter(([, { license }]) => license === undefined || !permissive.has(license))
    expect(others.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([])
  })

  test('are at most eighty, so that a new one is reviewed first', () => {
    expect(deployed.length).toBeGreaterThan(10)
    expect(deployed.length).toBeLessThanOrEqual(80)
  })
})

describe('a text that tries to break out of a header or a log line', () => {
  const forged = 'x\r\nset-cookie: a=b\r\n{"level":"ERROR","message":"forged"}'

  test.each([
    ['an Idempotency-Key', () => submitEvent('enable', localBody(), { headers: { 'idempotency-key': forged } })],
    ['an account name', () => submitEvent('enable', localBody(1, { accountName: forged }))],
    ['an action', () => submitEvent(forged, localBody())],
    ['a member', () => submitEvent('enable', { ...localBody(), [forged]: 1 })],
  ])('in %s is refused, is not returned in a header and stores nothing', async (_where, event) => {
    const world = createWorld()
    const answer = await world.handlers.submit(event(), context)
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode).toBeLessThan(500)
    expect(JSON.stringify(answer.headers)).not.toContain('set-cookie')
    expect(world.items()).toEqual([])
  })
})

describe('a body with the content type', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    'application/jsonp',
    'text/json',
    '',
  ])('%j is not read as JSON', async (type) => {
    const world = createWorld()
    const event = submitEvent('enable', localBody(), { headers: { 'content-type': type } })
    expect((await world.handlers.submit(event, context)).statusCode).toBe(415)
    expect(world.items()).toEqual([])
  })

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/vnd.api+json'])(
    '%j is read as JSON',
    async (type) => {
      const world = createWorld()
      const event = submitEvent('enable', localBody(), { headers: { 'content-type': type } })
      expect((await world.handlers.submit(event, context)).statusCode).toBe(202)
    },
  )
})

describe('a callback with a forged path or forged attributes', () => {
  const odd = ['%22,%22receivedAt%22:1', '%', '%00%1b', 'a\ud83d', 'x'.repeat(9000), '__proto__', ' ', '-']

  const cases: Record<string, string>[] = [
    ...odd.map((accountName) => ({ accountName })),
    ...odd.map((sourceIp) => ({ sourceIp })),
    ...['soon', '', '-1', '1e999', '9'.repeat(4000), 'NaN'].map((receivedAt) => ({ receivedAt })),
  ]

  test.each(cases.map((attributes) => ({ attributes, shown: JSON.stringify(attributes).slice(0, 60) })))(
    'is processed at once and changes no request: $shown',
    async ({ attributes }) => {
      const world = createWorld()
      const { requestId } = await world.order('enable', localBody())
      const before = await world.show(requestId)
      for (const body of [
        aCallbackOf('somebody-elses', []),
        aCallbackOf('upstream-9', [{ kind: 'eid', id: eidOf(9) }]),
      ]) {
        const event = sqsEvent([body, '{"unreadable'], { accountName: account, sourceIp: listedAddress, ...attributes })
        expect(await world.record(event.Records)).toEqual([])
      }
      expect(await world.stream()).toBeGreaterThan(0)
      expect(await world.show(requestId)).toEqual(before)
      const kept = await world.store.listQuarantine({ limit: 100 })
      expect(kept.rows.length).toBeGreaterThan(0)
      for (const { accountName } of kept.rows) expect(accountName.length).toBeLessThanOrEqual(101)
    },
  )
})

describe('the logs of a scenario with orders, decisions, callbacks and malformed items', () => {
  test('contain no identifier, no issuer, no subject and no secret', async () => {
    const world = createWorld()
    const claims = { iss: 'https://issuer-sentinel.test', sub: 'kim.sentinel@example.com' }
    world.thingSpace.will(losesTheCall)
    const unconfirmed = await world.order('delete', localBody(1, { devices: someDevices(1, 5) }), {
      key: 'key-sentinel',
      claims,
    })
    const { requestId } = await world.order('enable', localBody(2), { claims })
    const [upstreamRequestId = ''] =
      (await world.store.listSubmissions((await world.store.getRequest(requestId))!))[0]?.upstreamRequestIds ?? []
    const [device] = await world.devices(requestId)
    await world.callback([
      aCallbackOf(upstreamRequestId, device?.deviceIds ?? []),
      aCallbackOf(upstreamRequestId, device?.deviceIds ?? [], 'failed'),
      aCallbackOf('nobody-knows', device?.deviceIds ?? []),
      aCallbackOf(upstreamRequestId, device?.deviceIds ?? [], 'succeeded', { password: 'wrong-sentinel' }),
      `{"deviceIds": [{"kind": "eid", "id": "${eidOf(1)}"`,
    ])
    await world.pass(1300)
    await world.decide('retry', unconfirmed.requestId, { claims, body: { despiteCallbacks: true } })
    await world.decide('cancel', unconfirmed.requestId, { claims, body: { abandonUnconfirmed: true } })
    world.faults.store = ({ command }) => {
      if (command === 'BatchWriteCommand') throw new Error(`throttled: DEV#eid#${eidOf(1)}`)
      return false
    }
    await world.submit('enable', localBody(), { claims })
    delete world.faults.store
    world.store.getRequest = () => Promise.reject(new Error(`REQ#1 holds imei:${imeiOf(1)} and ${iccidOf(1)}`))
    await world.get('/v1/requests/{requestId}', { path: { requestId }, claims })

    expect(world.log.lines.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['callback recorded', 'callback quarantined', 'retry decided', 'call failed']),
    )
    const printed = printedBy(world)
    expect(printed).toContain('callback recorded')
    for (const id of [eidOf(1), eidOf(2), eidOf(5), iccidOf(1), iccidOf(2), imeiOf(1)])
      expect(printed).not.toContain(id)
    for (const text of [printed, world.log.text()]) expect(text).not.toContain('sentinel')
  })
})

/** What Lambda would have printed for the log of a world. */
function printedBy({ log: { lines } }: World): string {
  const printed: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  const log = createLog({ level: 'DEBUG', service: 'test', namespace: 'test', sampleRate: 0 })
  for (const { level, message: text, fields } of lines) {
    const message = text as LogMessage
    if (level === 'info') log.info(message, fields)
    else if (level === 'warn') log.warn(message, fields)
    else log.error(message, fields)
  }
  write.mockRestore()
  errors.mockRestore()
  return printed.join('')
}
