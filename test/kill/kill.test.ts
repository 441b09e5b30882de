import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from './run.ts'

test('the bundled functions survive ten kills without a lost, repeated or false result', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-kill-'))
  const lines: string[] = []
  const { kills, violations } = await run({
    seed: 5,
    kills: 10,
    callers: 6,
    pace: {
      leaseSeconds: 2,
      visibilitySeconds: 3,
      graceSeconds: 1,
      resultsSeconds: 3,
      lateMs: 4_000,
      lookEveryMs: 600,
    },
    // A killed renewal delays the others by fourteen seconds. Only the long run has such kills.
    spare: /credentials|token|login/,
    rounds: 1,
    workMs: 20_000,
    restMs: 40_000,
    folder,
    say: (line) => lines.push(line),
  })
  // The report matters only after a violation.
  expect({ kills, violations: violations.map(({ what }) => what), lines: violations.length > 0 ? lines : [] }).toEqual({
    kills: 10,
    violations: [],
    lines: [],
  })
  rmSync(folder, { recursive: true })
}, 90_000)
