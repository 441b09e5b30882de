import * as z from 'zod'
import { type DecisionPlan, planCancel } from '../../lib/profile/decision/decide-in-bulk.ts'
import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Call, Command } from '../command.ts'
import { carryOutPlans } from '../bulk/carry-out-plans.ts'
import { choose, filterHelp, filterOptions, readFilter } from '../options/filter.ts'
import { UsageError } from '../outcome.ts'
import { readOptions } from '../options/read-options.ts'

const Options = z.object({ abandon: z.boolean().default(false) })

const help = `npm run ops -- cancel <requestId>... [--abandon]
npm run ops -- cancel --state <state> [--account <name>] [--action <action>] [--older-than <time>] [--limit <n>] [--abandon]

Cancels requests. Submissions that have not been sent are not sent. Submissions that ThingSpace has are not affected.
Cancelling is final: the request cannot be retried. A filter selects requests by their submissions, but the command
always cancels the whole request.

  --abandon            also give up unconfirmed submissions: their devices become expired. A late callback still
                       counts. A submission that is only given up may still be retried
${filterHelp}

The command shows a preview with counts and asks for confirmation. You may stop it with Ctrl-C and run it again:
finished requests are skipped.`

export const cancel: Command = {
  name: 'cancel',
  summary: 'cancel what has not been sent; with --abandon, give up unconfirmed submissions',
  help,
  options: { ...filterOptions, abandon: { type: 'boolean' } },
  async run(call) {
    const { abandon } = readOptions(Options, call.options)
    const filter = readFilter(call)
    const requests =
      call.words.length > 0 ? await requestsById(call) : (await choose(filter, call)).map(({ request }) => request)
    const plans: DecisionPlan[] = []
    for (const request of requests) {
      plans.push(planCancel(request, await call.gateway.store().listSubmissions(request), abandon))
    }
    return carryOutPlans(plans, { decision: { what: 'cancel', abandonUnconfirmed: abandon }, rate: filter.rate }, call)
  },
}

async function requestsById({ words, gateway }: Call): Promise<ProfileRequest[]> {
  const requests: ProfileRequest[] = []
  for (const requestId of new Set(words)) {
    const request = await gateway.store().getRequest(requestId)
    if (request === undefined) throw new UsageError(`Request ${requestId} does not exist.`)
    requests.push(request)
  }
  return requests
}
