import * as z from 'zod'
import { type ExplainedOrphan, explainOrphans } from '../../lib/profile/support/explain-orphans.ts'
import type { Call, Command } from '../command.ts'
import { Count, readOptions } from '../read-options.ts'
import { plural, shownIdentifiers } from '../output/wording.ts'

const Options = z.object({ limit: Count.default(100) })

const help = `npm run ops -- orphans [--limit <n>]

Upstream request ids that ThingSpace calls back about and that belong to no submission: work that somebody else ordered
under our account, or that ThingSpace did although its answer was lost. The sweep adopts an orphan as soon as exactly one
submission in doubt fits it; with several it cannot tell, and a person must look.

  --limit <n>  so many at most (100)`

export const orphans: Command = {
  name: 'orphans',
  summary: 'upstream request ids nobody knows, with the submissions they may belong to',
  help,
  options: { limit: { type: 'string' } },
  async run(call) {
    const { gateway, terminal } = call
    const { limit } = readOptions(Options, call.options)
    const found = await explainOrphans(limit, {
      store: gateway.store(),
      clock: gateway.clock,
      settings: gateway.settings(),
    })
    terminal.answer(
      found.length === 0
        ? ['There are no orphans.']
        : [plural(found.length, 'orphan'), ...found.flatMap((each) => ['', ...linesOf(each, call)])],
      { orphans: found.map((each) => dataOf(each, call.full)) },
    )
    return 'done'
  },
}

function linesOf({ orphan, identifiers, results, candidates, requests }: ExplainedOrphan, { wording }: Call): string[] {
  const named = requests.map(({ requestId, status }) => `${requestId} (${status})`)
  const fitting = candidates.map(
    ({ requestId, submission, state }) => `${requestId} submission ${submission} (${state})`,
  )
  return [
    orphan.upstreamRequestId,
    `  account     ${orphan.accountName}`,
    `  first seen  ${wording.when(orphan.firstReceivedAt)}, ${plural(results, 'result')} since`,
    `  device      ${wording.device(identifiers)}`,
    `  fits        ${fitting.join(', ') || 'no submission in doubt'}`,
    `  named by    ${named.join(', ') || 'no request of ours'}`,
    `  next look   ${wording.when(orphan.dueAt)}`,
  ]
}

const dataOf = ({ orphan, identifiers, results, candidates, requests }: ExplainedOrphan, full: boolean) => ({
  upstreamRequestId: orphan.upstreamRequestId,
  accountName: orphan.accountName,
  identifiers: shownIdentifiers(identifiers, full),
  firstReceivedAt: new Date(orphan.firstReceivedAt).toISOString(),
  nextLookAt: new Date(orphan.dueAt).toISOString(),
  results,
  candidates: candidates.map(({ requestId, submission, state }) => ({ requestId, submission, state })),
  requests,
})
