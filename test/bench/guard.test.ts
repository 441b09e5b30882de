import '../simulation/function-environment.ts'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../bundle.ts'
import { foreign, mostBytes, wantedBytes } from './limits.ts'
import { type Bundle, deployedBundle, sourcesIn } from './measuring/variants.ts'
import { type Life, live } from './measuring/life.ts'
import { loginsOf, socketsOf } from './sections/connections.ts'

/** What the bench counts and must not grow. Nothing here depends on time. */
const names = (await readdir(join(projectRoot, 'functions'))).map((file) => file.replace('.ts', ''))

describe('a bundle', () => {
  const bundles = new Map<string, Bundle>()
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guard-'))
    await Promise.all(names.map(async (name) => bundles.set(name, await deployedBundle(name, folder))))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('has a limit for each function, none above what is wanted', () => {
    expect(Object.keys(mostBytes).toSorted()).toEqual(names.toSorted())
    expect(Math.max(...Object.values(mostBytes))).toBeLessThanOrEqual(wantedBytes)
  })

  test.each(names)('of %s keeps to its bytes', (name) => {
    expect(bundles.get(name)?.bytes).toBeLessThanOrEqual(mostBytes[name] ?? 0)
  })

  test.each(names)("of %s holds nothing of another function's world", (name) => {
    const sources = sourcesIn(bundles.get(name)!)
    expect(sources).toContain(`functions/${name}.ts`)
    expect(sources.filter((source) => foreign[name]?.some((pattern) => pattern.test(source)))).toEqual([])
  })

  test.each(names)('of %s has neither the large zod nor the chain of credential providers', (name) => {
    const sources = sourcesIn(bundles.get(name)!).join('\n')
    expect(sources).not.toMatch(/credential-provider-(node|ini|sso|login|process|web-identity)|nested-clients/)
    // The document of the API is made of the large one's schemas.
    expect(sources.includes('zod/v4/classic/schemas')).toBe(name === 'describe-api')
  })
})

describe('a request', () => {
  let one: Life
  let clean: Life
  let mixed: Life
  beforeAll(async () => {
    one = await live(1, 'clean')
    clean = await live(1000, 'clean')
    mixed = await live(1000, 'mixed')
  })

  test('of one device takes 18 write units, 7 read units and 13 calls of the table until it is final', () => {
    const { calls, writeUnits, readUnits } = one.of('accept', 'submit', 'record', 'project', 'sweep')
    expect({ calls, writeUnits, readUnits, posts: one.sent.posts }).toEqual({
      calls: 13,
      writeUnits: 18,
      readUnits: 7,
      posts: 1,
    })
    // The order, its pointers, and its outcome: what the caller waits for.
    expect(one.of('accept').calls).toBe(3)
  })

  test('writes each callback once, and reads nothing for it', () => {
    expect(clean.callbacks).toBe(1000)
    expect(clean.of('record')).toMatchObject({ calls: 1000, writeUnits: 1000, readUnits: 0 })
  })

  test('writes a warning, a final and a repeat once each', () => {
    expect(mixed.of('record')).toMatchObject({ calls: mixed.callbacks, writeUnits: mixed.callbacks, readUnits: 0 })
  })

  test('in bulk takes 3.2 write units a device, 1.2 of them beside the device pointers', () => {
    const { writeUnits, pointerUnits } = clean.of('accept', 'submit', 'record', 'project', 'sweep')
    expect(writeUnits / 1000).toBeLessThanOrEqual(3.2)
    expect((writeUnits - pointerUnits) / 1000).toBeLessThanOrEqual(1.2)
  })

  test('in bulk is accepted by one write, and is one POST for each submission', () => {
    expect({ accept: clean.of('accept').calls, posts: clean.sent.posts }).toEqual({ accept: 1, posts: 10 })
  })
})

test('an environment opens one socket to ThingSpace, however often it submits', async () => {
  expect(await socketsOf(50)).toBe(1)
})

test('200 environments that lose one session together log in once', async () => {
  // The first session, and the one after it.
  expect(await loginsOf(200)).toBe(2)
})
