import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { projectRoot } from '../../deploy/esbuild-options.ts'
import { foreign, mostBetweenSizes, mostBytes, mostOfOutage, mostPerDevice, mostUnits, wantedBytes } from './limits.ts'
import { liveDay, type PerDevice, waitOutage } from './measuring/day.ts'
import { live } from './measuring/life.ts'
import { loginsOf, socketsOf } from './measuring/upstream.ts'
import { deployedBundle, sourcesIn } from './measuring/variants.ts'

/** Only counts and bytes. `npm run bench` measures what depends on the clock. */
const folder = mkdtempSync(join(tmpdir(), 'gateway-guard-'))
afterAll(() => rmSync(folder, { recursive: true }))

const functions = readdirSync(join(projectRoot, 'functions')).map((file) => file.replace('.ts', ''))

test('every function has its limits', () => {
  expect(Object.keys(mostBytes).toSorted()).toEqual(functions.toSorted())
  expect(Object.keys(foreign).toSorted()).toEqual(functions.toSorted())
  expect(Math.max(...Object.values(mostBytes))).toBeLessThanOrEqual(wantedBytes)
})

test.each(functions)(
  'the bundle of %s is within its size limit and contains no code of other functions',
  async (name) => {
    const bundle = await deployedBundle(name, folder)
    expect(bundle.bytes).toBeLessThanOrEqual(mostBytes[name] ?? 0)
    const sources = sourcesIn(bundle)
    expect(sources).toContain(`functions/${name}.ts`)
    expect(sources.filter((source) => foreign[name]?.some((pattern) => pattern.test(source)))).toEqual([])
    expect(sources.filter((source) => /credential-provider-(?!env)|nested-clients|event-streams/.test(source))).toEqual(
      [],
    )
    // Only the OpenAPI document uses the schemas of the large zod.
    expect(sources.some((source) => source.includes('zod/v4/classic/'))).toBe(name === 'describe-api')
  },
)

test('each pattern of code that a function must not contain matches files of the project', () => {
  const files = readdirSync(join(projectRoot, 'lib'), { recursive: true, encoding: 'utf8' }).map(
    (file) => `lib/${file}`,
  )
  const ours = Object.values(foreign)
    .flat()
    .filter((pattern) => pattern.source.startsWith('^lib'))
  expect(ours.filter((pattern) => !files.some((file) => pattern.test(file)))).toEqual([])
})

test.each(['clean', 'mixed'] as const)(
  'recording a callback takes one write and no read in the %s scenario',
  async (scenario) => {
    const life = await live(100, scenario)
    expect(life.of('record')).toEqual({
      calls: life.callbacks,
      writeUnits: life.callbacks,
      readUnits: 0,
      linkUnits: 0,
    })
  },
)

test.each(mostUnits)(
  'a request for $devices devices stays within its limits of units and calls',
  async ({ devices, writeUnits, readUnits, calls, posts }) => {
    const life = await live(devices, 'clean', { read: false })
    const own = life.of()
    expect(own.writeUnits).toBeLessThanOrEqual(writeUnits)
    expect(own.readUnits).toBeLessThanOrEqual(readUnits)
    expect(own.calls).toBeLessThanOrEqual(calls)
    expect(life.sent.posts).toBe(posts)
  },
)

const counted = ['writeUnits', 'readUnits', 'calls', 'posts'] as const

test.each(['alone', 'bulk'] as const)(
  'the orders of a day cost each device the same at every size, and no more than their limits: %s',
  async (mix) => {
    const { sizes, inEach, ...limits } = mostPerDevice[mix]
    const days: PerDevice[] = []
    for (const devices of sizes) days.push(await liveDay(devices, inEach))
    for (const what of counted) {
      const values = days.map((day) => day[what])
      expect(Math.max(...values)).toBeLessThanOrEqual(limits[what])
      expect(Math.max(...values) / Math.min(...values)).toBeLessThanOrEqual(mostBetweenSizes)
    }
  },
  120_000,
)

test('an outage of two hours costs few calls of ThingSpace, however many orders wait, and each order the same', async () => {
  const { waiting, ...limits } = mostOfOutage
  for (const orders of waiting) {
    const cost = await waitOutage(orders)
    expect(cost.posts).toBeGreaterThan(0)
    for (const what of ['posts', 'probes', 'writeUnits', 'readUnits', 'messages'] as const)
      expect([what, cost[what] <= limits[what] ? 'within' : cost[what]]).toEqual([what, 'within'])
  }
}, 60_000)

test('an environment opens one socket to ThingSpace', async () => {
  expect(await socketsOf(40)).toBe(1)
})

test('200 environments log in once after a session has expired', async () => {
  expect(await loginsOf(200)).toBe(1)
})
