import * as z from 'zod'
import type { Command } from '../command.ts'
import type { Finding } from '../check/finding.ts'
import { runChecks } from '../check/run-checks.ts'
import { columns } from '../output/columns.ts'
import { plural, type Wording } from '../output/wording.ts'
import { readOptions } from '../options/read-options.ts'
import type { Outcome } from '../outcome.ts'

const Options = z.object({
  token: z.string().min(1).optional(),
  issuer: z.url().optional(),
  strict: z.boolean().default(false),
})

const help = `npm run ops -- check [--token <token>] [--issuer <url>] [--strict]

Looks for everything that is known to go wrong with a gateway, and says how to mend it. Run it after each deployment.

It changes nothing but two things: it sends a test callback, which is stored apart for a day, and it may log in to
ThingSpace, once for each credential set. It does not log in if a login has failed already, so it can neither close the
login latch nor lock the user.

  ok       checked, and as it should be
  warn     works, but needs attention
  fail     orders or results are delayed, refused or lost
  unknown  could not be checked: a permission, an option or an AWS service is missing

  --token <token>  also call the API with this token
  --issuer <url>   the issuer of the tokens (default: that of --token, or of the local stack)
  --strict         exit code 1 also for warnings and for what is unknown

Exit code: 0 nothing failed, 1 something failed, 2 the gateway could not be reached at all.`

export const check: Command = {
  name: 'check',
  summary: 'find what is wrong with a gateway, and how to mend it; for after a deployment',
  help,
  options: { token: { type: 'string' }, issuer: { type: 'string' }, strict: { type: 'boolean' } },
  async run(call) {
    const { token, issuer, strict } = readOptions(Options, call.options)
    const { gateway, terminal, wording } = call
    const found = await runChecks(gateway.checkSources({ token, issuer }), {
      command: wording.command,
      progress: (subject) => terminal.progress(`Checking ${subject} ...`),
    })
    terminal.progress(`Checked ${found.length} things.`, true)
    terminal.answer(linesOf(found, wording), { findings: found, counts: countsOf(found) })
    return outcomeOf(found, strict)
  },
}

function outcomeOf(found: readonly Finding[], strict: boolean): Outcome {
  const isBad = ({ state }: Finding) => state === 'fail' || (strict && state !== 'ok')
  return found.some(isBad) ? 'failed' : 'done'
}

const countsOf = (found: readonly Finding[]) => {
  const count = (state: Finding['state']) => found.filter((each) => each.state === state).length
  return { ok: count('ok'), warn: count('warn'), fail: count('fail'), unknown: count('unknown') }
}

/** Failures last, where an operator looks first in a terminal. */
const order = ['ok', 'unknown', 'warn', 'fail'] as const

function linesOf(found: readonly Finding[], { sentence }: Pick<Wording, 'sentence'>): string[] {
  const sorted = order.flatMap((state) => found.filter((each) => each.state === state))
  const [headings = '', ...rows] = columns(
    ['state', 'what', 'found'],
    sorted.map(({ state, name, means }) => [state, name, sentence(means)]),
  )
  const counts = countsOf(found)
  return [
    headings,
    ...rows.flatMap((row, index) => {
      const mend = sorted[index]?.mend
      return mend === undefined ? [row] : [row, `         -> ${mend}`]
    }),
    '',
    `${counts.fail} failed, ${plural(counts.warn, 'warning')}, ${counts.unknown} unknown, ${counts.ok} ok`,
  ]
}
