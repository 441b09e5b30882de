import * as z from 'zod'
import { type DecisionPlan, planCancel } from '../../lib/profile/decision/decide-in-bulk.ts'
import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Call, Command } from '../command.ts'
import { carryOutPlans } from '../carry-out-plans.ts'
import { choose, filterHelp, filterOptions, readFilter } from '../filter.ts'
import { UsageError } from '../outcome.ts'
import { readOptions } from '../read-options.ts'

const Options = z.object({ abandon: z.boolean().default(false) })

const help = `npm run ops -- cancel <requestId>... [--abandon]
npm run ops -- cancel --state <state> [--account <name>] [--action <action>] [--older-than <time>] [--limit <n>] [--abandon]

Stops requests: whatever of them has not been sent is not sent. What ThingSpace has goes on. It is final: a request
stopped like this cannot be retried. It is always all of the request, whichever of its submissions fits a filter.

  --abandon            also gives up on what is in doubt (unconfirmed): its devices become expired. A callback that
                       comes after all still counts. This alone stops nothing, and it may still be retried
${filterHelp}

First a preview with counts, then a question. It may be stopped (Ctrl-C) and given again: what was done is skipped.`

export const cancel: Command = {
  name: 'cancel',
  summary: 'stop what has not been sent; with --abandon, give up on what is in doubt',
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
    return carryOutPlans(plans, { what: 'cancel', abandonUnconfirmed: abandon }, filter.rate, call)
  },
}

async function requestsById({ words, gateway }: Call): Promise<ProfileRequest[]> {
  const requests: ProfileRequest[] = []
  for (const requestId of new Set(words)) {
    const request = await gateway.store().getRequest(requestId)
    if (request === undefined) throw new UsageError(`There is no request ${requestId}.`)
    requests.push(request)
  }
  return requests
}
