import { mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectEvidence } from '../../lib/profile/support/collect-evidence.ts'
import { columns, labelled } from '../../ops/output/columns.ts'
import { evidenceCsv } from '../../ops/output/evidence-csv.ts'
import { span } from '../../ops/output/wording.ts'
import { aSetting, eidOf, iccidOf, localBody } from '../builders.ts'
import { aCallbackOf, createWorld, listenerSecret } from '../fakes/world.ts'
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

test('ops evidence contains attempts, devices and callbacks as stored, without credentials', async () => {
  const { world, requestId } = await aStory()

  const evidence = await collectEvidence(requestId, { store: world.store, clock: world.now, settings: aSetting() })

  expect(evidence).toMatchObject({
    request: { requestId, caller: 'https://issuer.test|sub:app-1' },
    submissions: [{ state: 'submitted', attempts: [{ outcome: 'accepted' }] }],
    devices: [
      { status: 'succeeded', conflict: true, callbacks: [{ verdict: 'succeeded', others: [{ verdict: 'failed' }] }] },
      { status: 'pending', callbacks: [] },
    ],
    unmatchedCallbacks: [{ verdict: 'succeeded' }],
  })
  const text = JSON.stringify(evidence)
  expect(text).toContain(iccidOf(2))
  for (const hidden of Object.values(listenerSecret)) expect(text).not.toContain(hidden)
  expect(text).not.toContain('sentinel')
})

test('ops evidence as CSV has one line per device and callback, and no cell is a formula', async () => {
  const { world, requestId } = await aStory()
  const evidence = await collectEvidence(requestId, { store: world.store, clock: world.now, settings: aSetting() })
  evidence!.devices[0]!.callbacks[0]!.note = '=HYPERLINK("x")'

  const lines = evidenceCsv(evidence!).split('\r\n')

  expect(lines).toHaveLength(6)
  expect(lines[1]).toContain(`0,${eidOf(1)},${iccidOf(1)},,succeeded,0,upstream-1,succeeded`)
  expect(lines[1]).toContain(`"'=HYPERLINK(""x"")"`)
  expect(lines[2]).toContain('upstream-1,failed')
  expect(lines[3]).toMatch(/^1,.*pending/)
  expect(lines[4]).toContain('unmatched')
})

test('an evidence file is readable by its owner only', async () => {
  const { world, requestId } = await aStory()
  const out = join(await mkdtemp(join(tmpdir(), 'evidence-')), 'evidence.json')

  expect(await opsBench(world).ops(`export ${requestId} --out ${out}`)).toMatchObject({ outcome: 'done' })

  expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ request: { requestId } })
  expect((await stat(out)).mode & 0o777).toBe(0o600)
  expect(await opsBench(world).ops('export nobody')).toMatchObject({ outcome: 'nothing' })
})

test('an export neither replaces a file nor follows a link', async () => {
  const { world, requestId } = await aStory()
  const folder = await mkdtemp(join(tmpdir(), 'evidence-'))
  const [file, link, target] = ['file', 'link', 'target'].map((name) => join(folder, name)) as [string, string, string]
  await writeFile(file, 'what was there', { mode: 0o644 })
  await symlink(target, link)

  for (const out of [file, link]) {
    await expect(opsBench(world).ops(`export ${requestId} --out ${out}`)).rejects.toThrow('exists already')
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
