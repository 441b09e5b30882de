import * as z from 'zod'
import { type ExplainedOrphan, explainOrphans } from '../../lib/profile/support/explain-orphans.ts'
import type { Call, Command } from '../command.ts'
import { Count, readOptions } from '../options/read-options.ts'
import { plural, shownIdentifiers } from '../output/wording.ts'

const Options = z.object({ limit: Count.default(100) })

const help = `npm run ops -- orphans [--limit <n>]

Lists orphans: upstream request ids for which callbacks arrived, but which belong to no submission. Either another
system ordered the action under our account, or ThingSpace ran a submission whose response was lost. The sweep adopts an
orphan if exactly one unconfirmed submission matches it. If several match, an operator must decide.

  --limit <n>  maximum number of orphans (default 100)`

export const orphans: Command = {
  name: 'orphans',
  summary: 'list unknown upstream request ids, with the submissions they may belong to',
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
  const matching = candidates.map(
    ({ requestId, submission, state }) => `${requestId} submission ${submission} (${state})`,
  )
  return [
    orphan.upstreamRequestId,
    `  account     ${orphan.accountName}`,
    `  first seen  ${wording.when(orphan.firstReceivedAt)}, ${plural(results, 'result')} since`,
    `  device      ${wording.device(identifiers)}`,
    `  matches     ${matching.join(', ') || 'no unconfirmed submission'}`,
    `  requests    ${named.join(', ') || 'none names one of its devices'}`,
    `  next check  ${wording.when(orphan.dueAt)}`,
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
