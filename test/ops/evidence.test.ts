import { mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { columns, labelled } from '../../ops/output/columns.ts'
import { span } from '../../ops/output/wording.ts'
import { eidOf, iccidOf, localBody } from '../builders.ts'
import { aCallbackOf, createWorld, listenerSecret, type World } from '../fakes/world.ts'
import { opsBench } from './bench.ts'

async function aStory() {
  const world = createWorld()
  const { requestId } = await world.order('disable', localBody(2))
  await world.callback(aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }]))
  world.advance(5)
  await world.callback(aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }], 'failed'))
  await world.callback(aCallbackOf('upstream-1', [{ kind: 'eid', id: '9'.repeat(32) }]))
  await world.settle()
  return { world, requestId }
}

const written = async (world: World, line: string) => {
  const out = join(await mkdtemp(join(tmpdir(), 'evidence-')), 'evidence')
  expect(await opsBench(world).ops(`${line} --out ${out}`)).toMatchObject({ outcome: 'done' })
  return { out, text: await readFile(out, 'utf8') }
}

test('ops evidence contains the order, attempts, devices and every callback, without credentials', async () => {
  const { world, requestId } = await aStory()
  const { text } = await written(world, `evidence ${requestId}`)

  const { entries } = z.object({ entries: z.array(z.object({ entry: z.unknown() })) }).parse(JSON.parse(text))
  const told = entries.map(({ entry }) => entry)
  expect(told[0]).toMatchObject({ kind: 'order', requestId, caller: 'https://issuer.test|sub:app-1' })
  expect(told).toContainEqual(expect.objectContaining({ what: 'attempt 1' }))
  // The third callback names a device that the order does not have.
  expect(told.filter((entry) => Object(entry).what === 'callback')).toHaveLength(3)
  expect(told.slice(-2)).toMatchObject([
    { kind: 'device', position: 0, status: 'succeeded', conflict: true },
    { kind: 'device', position: 1, status: 'pending', conflict: false },
  ])
  expect(text).toContain(iccidOf(2))
  for (const hidden of Object.values(listenerSecret)) expect(text).not.toContain(hidden)
  expect(text).not.toContain('sentinel')
})

test('ops evidence as CSV has one line for each entry', async () => {
  const { world, requestId } = await aStory()
  const { text } = await written(world, `evidence ${requestId} --format csv`)

  expect(text).toContain('disable of 2 devices for account')
  expect(text).toContain('position 0: succeeded contradicted')
  expect(text).toContain(eidOf(1))
})

test('an evidence file is readable by its owner only', async () => {
  const { world, requestId } = await aStory()
  const out = join(await mkdtemp(join(tmpdir(), 'evidence-')), 'evidence.json')

  expect(await opsBench(world).ops(`evidence ${requestId} --out ${out}`)).toMatchObject({ outcome: 'done' })

  expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ requestId })
  expect((await stat(out)).mode & 0o777).toBe(0o600)
  expect(await opsBench(world).ops('evidence nobody')).toMatchObject({ outcome: 'nothing' })
})

test('evidence neither replaces a file nor follows a link', async () => {
  const { world, requestId } = await aStory()
  const folder = await mkdtemp(join(tmpdir(), 'evidence-'))
  const [file, link, target] = ['file', 'link', 'target'].map((name) => join(folder, name)) as [string, string, string]
  await writeFile(file, 'what was there', { mode: 0o644 })
  await symlink(target, link)

  for (const out of [file, link]) {
    await expect(opsBench(world).ops(`evidence ${requestId} --out ${out}`)).rejects.toThrow('exists already')
  }
  expect(await readFile(file, 'utf8')).toBe('what was there')
  await expect(stat(target)).rejects.toThrow('ENOENT')
})

test('tables have aligned columns, indented continuation lines and durations in their largest unit', () => {
  expect(
    columns(
      ['what', 'count'],
      [
        ['a', 5],
        ['longer', 12],
      ],
    ),
  ).toEqual(['what    count', 'a           5', 'longer     12'])
  expect(labelled('why', 'one two three', { width: 12, column: 5 })).toEqual(['why  one two', '     three'])
  expect([500, 59_000, 61_000, 7_300_000, 200_000_000].map(span)).toEqual(['0 s', '59 s', '1 min', '2 h', '2 d'])
})
