import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { run } from './run.ts'

/** `npm run kill-test -- --kills 220 --seed 1`. Exits with 0 only if there was no violation and all kills were made. */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '220' }, seed: { type: 'string' } },
})
const kills = Number(values.kills)
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed)

const folder = mkdtempSync(join(tmpdir(), 'gateway-kill-'))

const result = await run({
  seed,
  kills,
  callers: 6,
  pace: {
    leaseSeconds: 6,
    visibilitySeconds: 7,
    graceSeconds: 2,
    resultsSeconds: 12,
    lateMs: 18_000,
    lookEveryMs: 1_500,
  },
  rounds: 2,
  workMs: 30_000 + kills * 1_000,
  restMs: 150_000,
  folder,
  say: (line) => console.log(line),
  started: (stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void stop().then(() => process.exit(130)))
    }
  },
})
if (result.kills < kills) console.log(`Only ${result.kills} of ${kills} kills were made within the time limit.`)
const isGood = result.violations.length === 0 && result.kills >= kills
// Logs are kept only after a violation.
if (isGood) rmSync(folder, { recursive: true })
process.exit(isGood ? 0 : 1)
