import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { context, localBody, submitEvent } from './builders.ts'
import { createWorld } from './fakes/world.ts'

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

describe('what is deployed', () => {
  test('comes under permissive licences only', () => {
    const permissive = new Set(['MIT', 'MIT-0', 'Apache-2.0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause'])
    const others = deployed.filter(([, { license }]) => license === undefined || !permissive.has(license))
    expect(others.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([])
  })

  test('is few packages: a new one is looked at before this number is raised', () => {
    expect(deployed.length).toBeGreaterThan(10)
    expect(deployed.length).toBeLessThanOrEqual(80)
  })
})

describe('text that would break out of its place', () => {
  const forged = 'x\r\nset-cookie: a=b\r\n{"level":"ERROR","message":"forged"}'

  test.each([
    ['an Idempotency-Key', () => submitEvent('enable', localBody(), { headers: { 'idempotency-key': forged } })],
    ['an account name', () => submitEvent('enable', localBody(1, { accountName: forged }))],
    ['an action', () => submitEvent(forged, localBody())],
    ['a member', () => submitEvent('enable', { ...localBody(), [forged]: 1 })],
  ])('in %s is refused, comes back in no header and stores nothing', async (_where, event) => {
    const world = createWorld()
    const answer = await world.handlers.submit(event(), context)
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode).toBeLessThan(500)
    expect(JSON.stringify(answer.headers)).not.toContain('set-cookie')
    expect(world.items()).toEqual([])
  })
})

describe('a body under another name', () => {
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
    '%j is JSON',
    async (type) => {
      const world = createWorld()
      const event = submitEvent('enable', localBody(), { headers: { 'content-type': type } })
      expect((await world.handlers.submit(event, context)).statusCode).toBe(202)
    },
  )
})
