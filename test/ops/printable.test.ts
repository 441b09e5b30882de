import { afterEach, expect, test, vi } from 'vitest'
import { printable } from '../../ops/output/printable.ts'
import { runOps } from '../../ops/run-ops.ts'
import { openTerminal } from '../../ops/output/terminal.ts'
import { eidOf, localBody, sqsEvent } from '../builders.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'
import { opsBench } from './bench.ts'

afterEach(() => vi.restoreAllMocks())

const evil = '\u001b[31m\u0007\u009b2J\u202e\r\u0000x\u2028y\u007f'
const controls = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}]/u

test('control characters are printed as JSON escapes', () => {
  expect(printable('a\u001b[31m\u0007\nb')).toBe('a\\u001b[31m\\u0007\nb')
  expect(printable('a\ud83d')).toBe('a\\ud83d')
  expect(printable('\u{E0001}')).toBe('\\udb40\\udc01')
  expect(printable('Ünïcode \u{1F600} 漢字')).toBe('Ünïcode \u{1F600} 漢字')
})

test('no command prints a control character from a callback, its path or an order', async () => {
  const world = createWorld()
  const { requestId } = await world.order('enable', localBody(1))
  await world.callback(`{"requestId": "${encodeURIComponent(evil)}", "text": "${evil}"`, {
    accountName: encodeURIComponent(evil),
  })
  await world.store.quarantine({
    accountName: evil,
    receivedAt: world.now(),
    reason: evil,
    raw: `${evil}\nforged line`,
  })
  const fault = { faultResponse: { faultcode: evil, faultstring: `${evil}\nforged line` } }
  await world.callback(aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }], 'failed', fault))
  await world.callback(aCallbackOf(evil, [{ kind: 'eid', id: eidOf(2) }]))
  await world.record(sqsEvent([aCallbackOf(evil, [])], { accountName: evil, sourceIp: evil }).Records)
  await world.settle()

  const { ops } = opsBench(world)
  const ids = (await world.store.listQuarantine({ limit: 100 })).rows.map(({ id }) => id)
  expect(ids.length).toBeGreaterThan(0)
  const lines = ['quarantine list', 'decisions', 'orphans', `show ${requestId}`, 'quarantine rerun --all']
  for (const line of [...lines, ...ids.map((id) => `quarantine show ${id} --full`)]) {
    const { text, notes } = await ops(line)
    expect(text + notes).not.toMatch(controls)
    expect(text).not.toMatch(/^forged line/m)
  }
})

test('neither JSON output nor an error about the command line contains a control character', async () => {
  const printed: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
  }
  openTerminal({ json: true, yes: true }).answer([], { account: evil })
  await runOps([evil])
  await runOps(['show', `--${evil}`])
  expect(printed.join('')).not.toMatch(controls)
  expect(JSON.parse(printed[0] ?? '')).toEqual({ account: evil })
})
