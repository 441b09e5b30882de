import { type DecisionPlan, planRetry } from '../../lib/profile/decision/decide-in-bulk.ts'
import type { Choice } from '../../lib/profile/decision/choose-submissions.ts'
import type { Call, Command } from '../command.ts'
import { submissionKey, readMatchingOrphans } from '../matching-orphans.ts'
import { carryOutPlans } from '../bulk/carry-out-plans.ts'
import { choose, filterHelp, filterOptions, readFilter } from '../options/filter.ts'
import { UsageError } from '../outcome.ts'

const help = `npm run ops -- retry <requestId>... [--submission <n>]... [--despite-callbacks]
npm run ops -- retry --state <state> [--account <name>] [--action <action>] [--older-than <time>] [--limit <n>]
                      [--despite-callbacks]

Sends failed, waiting and unconfirmed submissions again. This is your explicit decision, so it includes actions that are
not repeatable. Submissions that ThingSpace has accepted or that are in flight are skipped, and so are cancelled requests.

A submission may have callbacks under an unknown id that matches other submissions too. The command skips it, because
the retry may run the action twice. Check its devices in ThingSpace first, and then give --despite-callbacks.

With request ids, the command retries all submissions that can be retried, or only those that --submission names.
${filterHelp}

The command shows a preview with counts and asks for confirmation. It sends a submission only if it has not changed
since the preview. You may stop it with Ctrl-C and run it again: submissions that were sent no longer match.`

export const retry: Command = {
  name: 'retry',
  summary: 'send failed, waiting or unconfirmed submissions again, by request id or by filter',
  help,
  options: {
    ...filterOptions,
    submission: { type: 'string', multiple: true },
    'despite-callbacks': { type: 'boolean' },
  },
  async run(call) {
    const filter = readFilter(call)
    const choices = call.words.length > 0 ? await chooseByIds(call, filter.submission) : await choose(filter, call)
    const despiteCallbacks = call.options['despite-callbacks'] === true
    const plans = await withoutMatchingOrphans(choices.map(planRetry), despiteCallbacks, call)
    return carryOutPlans(plans, { decision: { what: 'retry', despiteCallbacks }, rate: filter.rate }, call)
  },
}

/**
 * Removes the submissions that ThingSpace seems to have, because a retry would run their action twice. If it is unclear
 * which submission the callbacks are about, `despiteCallbacks` keeps the submission.
 */
async function withoutMatchingOrphans(
  plans: readonly DecisionPlan[],
  despiteCallbacks: boolean,
  { gateway, terminal, wording }: Call,
): Promise<DecisionPlan[]> {
  if (!plans.some(({ submissions }) => submissions.some(({ state }) => state === 'unconfirmed'))) return [...plans]
  const matchingOrphans = await readMatchingOrphans(gateway)
  return plans.map((plan) => ({
    ...plan,
    submissions: plan.submissions.filter((submission) => {
      const [orphan] = matchingOrphans.get(submissionKey(submission)) ?? []
      if (orphan === undefined) return true
      const name = `${submission.requestId} submission ${submission.submission}`
      const isUnclear = !orphan.isAdoptable
      const sendsIt = isUnclear && despiteCallbacks
      const why = isUnclear
        ? `callbacks that may be about it have arrived, see ${wording.command('orphans')}`
        : 'ThingSpace sent a callback about it, which the sweep will adopt'
      terminal.note(`${name}${sendsIt ? '' : ' is skipped'}: ${why}.`)
      return sendsIt
    }),
  }))
}

async function chooseByIds({ words, gateway }: Call, only: readonly number[]): Promise<Choice[]> {
  const store = gateway.store()
  const choices: Choice[] = []
  for (const requestId of new Set(words)) {
    const request = await store.getRequest(requestId)
    if (request === undefined) throw new UsageError(`Request ${requestId} does not exist.`)
    const submissions = (await store.listSubmissions(request)).filter(
      ({ submission }) => only.length === 0 || only.includes(submission),
    )
    choices.push({ request, submissions })
  }
  return choices
}
