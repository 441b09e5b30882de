import { describeFlow } from '../../lib/profile/flow-control/describe-flow.ts'
import { inspectFlow, type InspectedFlow } from '../../lib/profile/flow-control/inspect-flow.ts'
import { resumeFlow } from '../../lib/profile/flow-control/resume-flow.ts'
import type { Call, Command } from '../command.ts'
import { onlyCredentialSet } from '../options/credential-set.ts'
import { columns } from '../output/columns.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import type { Wording } from '../output/wording.ts'

const help = `npm run ops -- flow
npm run ops -- flow resume <credentialSet>

Shows how many calls at once the gateway makes to ThingSpace with each credential set, or ends a pause by hand. Orders wait
meanwhile without using up attempts; none is lost.

  not limited   no trouble is known; postsAtOnce is the largest number of calls
  limited       ThingSpace had trouble; the limit rises with successes, and ends ten minutes after the last trouble
  paused        ThingSpace asked the gateway to wait (Retry-After)
  stopped       all calls failed; a harmless call tries ThingSpace, at most a minute apart, before the next order is sent

The gateway resumes by itself. Resume by hand only if you know that ThingSpace takes calls again, for instance because
Verizon says so. The limit stays. After a stop, ThingSpace must answer a harmless call before an order is sent. Orders that
are held already ask again within four minutes; "show" tells when.`

const meaning: Readonly<Record<InspectedFlow['state'], string>> = {
  'not-limited': 'no trouble is known',
  limited: 'fewer calls at once, until more succeed',
  paused: 'ThingSpace asked to wait; orders are held',
  stopped: 'all calls failed; orders are held until ThingSpace answers a harmless call',
}

export const flow: Command = {
  name: 'flow',
  summary: 'show how many calls to ThingSpace are made at once; end a pause',
  help,
  options: {},
  async run(call) {
    const [what, ...words] = call.words
    if (what === undefined) return show(call)
    if (what !== 'resume') throw new UsageError(`flow has only the subcommand resume, not "${what}".`)
    return resume(words, call)
  },
}

async function show({ gateway, terminal, wording }: Call): Promise<Outcome> {
  const { credentialSets, dependencies } = gateway.flows()
  const flows = await Promise.all(credentialSets.map((each) => inspectFlow(each, dependencies)))
  terminal.answer(
    columns(
      ['credential set', 'calls', 'limit', 'under way', 'failures', 'paused until', 'last lowered', 'meaning'],
      flows.map((each) => rowOf(each, wording)),
    ),
    { flows: flows.map(describeFlow) },
  )
  return flows.some(({ state }) => state === 'paused' || state === 'stopped') ? 'failed' : 'done'
}

const rowOf = (
  { credentialSet, state, limit, most, underWay, failures, pause, loweredAt }: InspectedFlow,
  { when }: Wording,
) => [
  credentialSet,
  state.replace('-', ' '),
  `${limit} of ${most}`,
  underWay === undefined ? '-' : `${underWay.single} single, ${underWay.bulk} bulk`,
  failures,
  pause === undefined ? '-' : `${when(pause.until)}, ${pause.why}`,
  loweredAt === undefined ? '-' : when(loweredAt),
  meaning[state],
]

async function resume(words: readonly string[], { gateway, terminal, wording, by }: Call): Promise<Outcome> {
  const { credentialSets, dependencies } = gateway.flows()
  const credentialSet = onlyCredentialSet(words, credentialSets)
  const seen = await inspectFlow(credentialSet, dependencies)
  const { state, limit, most, pause } = seen
  terminal.note(`${credentialSet}: ${state.replace('-', ' ')}, ${limit} of ${most} calls at once; ${meaning[state]}.`)
  if (pause === undefined) {
    terminal.note('No pause holds its calls, so there is nothing to resume.')
    return 'nothing'
  }
  terminal.note(`No call begins before ${wording.when(pause.until)} (${pause.why}).`)
  if (!(await terminal.confirm(`End the pause of ${credentialSet}?`))) return 'declined'
  const outcome = await resumeFlow(seen, by, { ...dependencies, audit: await gateway.audit() })
  if (outcome !== 'resumed') {
    terminal.note('The calls of this credential set went on meanwhile. Look at it again.')
    return 'failed'
  }
  terminal.note('Orders that are held already ask again within four minutes.')
  gateway.log.info('pause of calls ended', { credentialSet, by })
  terminal.answer([`The gateway makes calls with ${credentialSet} again, ${limit} at once.`], {
    credentialSet,
    resumed: true,
  })
  return 'done'
}
