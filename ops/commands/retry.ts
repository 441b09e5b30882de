import { type DecisionPlan, planRetry } from '../../lib/profile/decision/decide-in-bulk.ts'
import type { Choice } from '../../lib/profile/decision/choose-submissions.ts'
import type { Call, Command } from '../command.ts'
import { nameOf, readClaims } from '../claims.ts'
import { carryOutPlans } from '../carry-out-plans.ts'
import { choose, filterHelp, filterOptions, readFilter } from '../filter.ts'
import { UsageError } from '../outcome.ts'

const help = `npm run ops -- retry <requestId>... [--submission <n>]... [--despite-callbacks]
npm run ops -- retry --state <state> [--account <name>] [--action <action>] [--older-than <time>] [--limit <n>]
                      [--despite-callbacks]

Sends submissions again that failed, wait, or are in doubt: an explicit decision, so it holds for actions that are not
repeatable too. What ThingSpace has, or is just being given, is left. Of a cancelled request nothing is sent.

What ThingSpace may have called back about, under an id that fits others too, is left out unless --despite-callbacks says
otherwise: look at the devices there first.

By id, all of the request's submissions that can be retried, or those that --submission names.
${filterHelp}

First a preview with counts, then a question. Each submission is sent only if it still stands as the preview saw it, so
the command may be stopped (Ctrl-C) and given again: what was done does not fit any more and is skipped.`

export const retry: Command = {
  name: 'retry',
  summary: 'send failed, waiting or unconfirmed submissions again, by id or by filter',
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
    const plans = await withoutClaimed(choices.map(planRetry), despiteCallbacks, call)
    return carryOutPlans(plans, { what: 'retry', despiteCallbacks }, filter.rate, call)
  },
}

/** Leaves out what ThingSpace turned out to have: the sweep is about to adopt it, and a repeat would run it twice. */
async function withoutClaimed(
  plans: readonly DecisionPlan[],
  despiteCallbacks: boolean,
  { gateway, terminal, wording }: Call,
): Promise<DecisionPlan[]> {
  if (!plans.some(({ submissions }) => submissions.some(({ state }) => state === 'unconfirmed'))) return [...plans]
  const claims = await readClaims(gateway)
  return plans.map((plan) => ({
    ...plan,
    submissions: plan.submissions.filter((submission) => {
      const [claim] = claims.get(nameOf(submission)) ?? []
      if (claim === undefined) return true
      const name = `${submission.requestId} submission ${submission.submission}`
      const isUnclear = !claim.isAdoptable
      const sendsIt = isUnclear && despiteCallbacks
      const why = isUnclear
        ? `callbacks came that may be about it, see ${wording.command('orphans')}`
        : 'ThingSpace called back about it, and the sweep will adopt that'
      terminal.note(`${name}${sendsIt ? '' : ' is left out'}: ${why}.`)
      return sendsIt
    }),
  }))
}

async function chooseByIds({ words, gateway }: Call, only: readonly number[]): Promise<Choice[]> {
  const store = gateway.store()
  const choices: Choice[] = []
  for (const requestId of new Set(words)) {
    const request = await store.getRequest(requestId)
    if (request === undefined) throw new UsageError(`There is no request ${requestId}.`)
    const submissions = (await store.listSubmissions(request)).filter(
      ({ submission }) => only.length === 0 || only.includes(submission),
    )
    choices.push({ request, submissions })
  }
  return choices
}
