import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { eidOf, localBody } from '../builders.ts'
import { losesTheCall } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'
import { opsBench } from '../ops/bench.ts'

const folder = mkdtempSync(join(tmpdir(), 'evidence-'))
afterAll(() => rmSync(folder, { recursive: true }))

const page = readFileSync(join(import.meta.dirname, '../../docs/operations-cli.md'), 'utf8')
const [, script = ''] = /^```js\n(\/\/ check-evidence.mjs.*?)^```$/ms.exec(page) ?? []
const checker = join(folder, 'check-evidence.mjs')
writeFileSync(checker, script)

const Part = z.looseObject({
  finalHash: z.string(),
  nextCursor: z.string().nullable(),
  entries: z.array(z.looseObject({ sequence: z.number(), hash: z.string() })),
})
const path = (requestId: string) => ({ requestId })
const route = '/v1/requests/{requestId}'

/** Runs the script of docs/operations-cli.md over parts, as a third party does. */
function check(parts: readonly unknown[]): { ok: boolean; told: string } {
  const files = parts.map((part, index) => {
    const file = join(folder, `part-${index}.json`)
    writeFileSync(file, JSON.stringify(part))
    return file
  })
  const { status, stdout, stderr } = spawnSync(process.execPath, [checker, ...files], { encoding: 'utf8' })
  return { ok: status === 0, told: `${stdout}${stderr}` }
}

/** A request that a person decided about, with a callback that names a password. */
async function decided(world: World): Promise<string> {
  world.thingSpace.will(losesTheCall)
  const { requestId } = await world.order('delete', localBody())
  await world.pass(3 * 3600)
  await world.decide('retry', requestId)
  await world.settle()
  const [id = ''] = (await world.show(requestId)).submissions.items.flatMap((each) => each.upstreamRequestIds)
  await world.callback(aCallbackOf(id, [{ kind: 'eid', id: eidOf(1) }], 'succeeded'))
  await world.settle()
  return requestId
}

describe('the timeline of a request', () => {
  test('has attempts, decisions with who took them, and callbacks beside how they were understood', async () => {
    const world = createWorld()
    const requestId = await decided(world)
    const { status, body } = await world.get(`${route}/timeline`, { path: path(requestId) })
    const { caller } = (await world.store.getRequest(requestId))!

    expect(status).toBe(200)
    expect(body).toMatchObject({
      requestId,
      status: 'succeeded',
      next: null,
      nextCursor: null,
      items: [
        { what: 'accepted' },
        { what: 'attempt 1' },
        { what: 'decision', detail: `retry, by ${caller}` },
        { what: 'attempt 2' },
        { what: 'callback', callback: { verdict: 'succeeded', isResult: true, adopted: false } },
        { what: 'final', event: 'request.completed' },
      ],
    })
    expect(JSON.stringify(body)).not.toContain('sentinel')
  })

  test('says what happens next, when, and which decisions are possible', async () => {
    const world = createWorld()
    world.thingSpace.will(losesTheCall)
    const { requestId } = await world.order('delete', localBody())
    await world.pass(3 * 3600)
    expect((await world.get(`${route}/timeline`, { path: path(requestId) })).body).toMatchObject({
      next: { what: 'decision', at: expect.any(String) as unknown },
      decisions: [{ what: 'retry' }, { what: 'abandon' }],
    })
  })

  test('is read page by page', async () => {
    const world = createWorld()
    const requestId = await decided(world)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor === null ? {} : { cursor }) }
      const { body } = await world.get(`${route}/timeline`, { path: path(requestId), query })
      const { items, nextCursor } = z
        .object({ items: z.array(z.object({ what: z.string() })), nextCursor: z.string().nullable() })
        .parse(body)
      seen.push(...items.map(({ what }) => what))
      cursor = nextCursor
    } while (cursor !== null)
    expect(seen).toEqual(['accepted', 'attempt 1', 'decision', 'attempt 2', 'callback', 'final'])
  })

  test.each(['timeline', 'evidence'])('and the %s of another account answer 404', async (what) => {
    const world = createWorld()
    const { requestId } = await world.order('disable', localBody())
    const foreign = { path: path(requestId), claims: { accounts: '[0000654321-00001]' } }
    expect(await world.get(`${route}/${what}`, foreign)).toMatchObject({ status: 404 })
  })
})

describe('the evidence about a request', () => {
  const evidence = async (world: World, requestId: string, query = {}) =>
    Part.parse((await world.get(`${route}/evidence`, { path: path(requestId), query })).body)

  test('passes the check that docs/operations-cli.md gives to third parties', async () => {
    const world = createWorld()
    const part = await evidence(world, await decided(world))
    const { ok, told } = check([part])
    expect(told).toContain(part.finalHash)
    expect(ok).toBe(true)
  })

  test('fails the check if any entry is changed, left out or moved', async () => {
    const world = createWorld()
    const part = await evidence(world, await decided(world))
    for (const index of part.entries.keys()) {
      const text = JSON.stringify(part.entries[index])
      const changed = part.entries.with(index, JSON.parse(text.replace('"kind":"', '"kind":"x')) as never)
      expect(check([{ ...part, entries: changed }]), `entry ${index}`).toMatchObject({ ok: false })
    }
    expect(check([{ ...part, entries: part.entries.toSpliced(1, 1) }])).toMatchObject({ ok: false })
    expect(check([{ ...part, entries: part.entries.toReversed() }])).toMatchObject({ ok: false })
  })

  test('is the same at each reading, and has no password', async () => {
    const world = createWorld()
    const requestId = await decided(world)
    const [first, second] = [await evidence(world, requestId), await evidence(world, requestId)]
    expect(second.finalHash).toBe(first.finalHash)
    expect(JSON.stringify(first)).not.toContain('sentinel')
  })

  test('of a large request has parts that chain on, each below the size of an answer', async () => {
    const world = createWorld()
    const { requestId } = await world.order('disable', localBody(10_000))
    const parts: z.infer<typeof Part>[] = []
    let cursor: string | null = null
    do {
      const part: z.infer<typeof Part> = await evidence(world, requestId, cursor === null ? {} : { cursor })
      expect(JSON.stringify(JSON.stringify(part)).length).toBeLessThan(6_000_000)
      parts.push(part)
      cursor = part.nextCursor
    } while (cursor !== null)
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.flatMap(({ entries }) => entries.map(({ sequence }) => sequence))).toEqual(
      Array.from({ length: parts.flatMap(({ entries }) => entries).length }, (_, index) => index + 1),
    )
    expect(check(parts)).toMatchObject({ ok: true })
    expect(check(parts.toReversed())).toMatchObject({ ok: false })
  })

  test('refuses to continue after the request has changed', async () => {
    const world = createWorld()
    const { requestId } = await world.order('disable', localBody(10_000))
    const { nextCursor } = await evidence(world, requestId)
    await world.deliver()
    const answer = await world.get(`${route}/evidence`, { path: path(requestId), query: { cursor: nextCursor! } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-parameter' } })
  })

  test('is a page without script that escapes what came from outside', async () => {
    const world = createWorld()
    const { requestId } = await world.order('disable', localBody())
    const [id = ''] = (await world.show(requestId)).submissions.items.flatMap((each) => each.upstreamRequestIds)
    const callback = aCallbackOf(id, [{ kind: 'eid', id: eidOf(1) }], 'succeeded')
    await world.callback({ ...callback, comment: '<script>alert(1)</script>' })
    await world.settle()
    const headers = { accept: 'text/html' }
    const answer = await world.get(`${route}/evidence`, { path: path(requestId), headers })
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect(answer.headers['content-type']).toContain('text/html')
    expect(answer.body).not.toContain('<script')
    expect(answer.body).toContain('&lt;script')
  })

  test('is CSV by Accept, and by ops evidence the same chain', async () => {
    const world = createWorld()
    const requestId = await decided(world)
    const headers = { accept: 'text/csv' }
    const { body } = await world.get(`${route}/evidence`, { path: path(requestId), headers })
    const { finalHash } = await evidence(world, requestId)
    expect(String(body).trimEnd().split('\r\n').at(-1)).toContain(finalHash)

    const file = join(folder, 'evidence.json')
    await opsBench(world).ops(`evidence ${requestId} --out ${file}`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ finalHash })
  })
})
