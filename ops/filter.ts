import type { ParseArgsOptionsConfig } from 'node:util'
import * as z from 'zod'
import { ActionName } from '../lib/profile/order/action-names.ts'
import { type Choice, chooseSubmissions } from '../lib/profile/decision/choose-submissions.ts'
import { SubmissionState } from '../lib/profile/request/states.ts'
import type { Call } from './command.ts'
import { UsageError } from './outcome.ts'
import { Count, Duration, Rate, readOptions } from './read-options.ts'

const State = z.enum(['awaiting-decision', ...SubmissionState.options])

const Filter = z.object({
  state: State.optional(),
  account: z.string().optional(),
  action: z.optional(ActionName),
  'older-than': Duration.optional(),
  limit: Count.default(1000),
  rate: Rate.default(5),
  submission: z.array(z.coerce.number().int().nonnegative()).default([]),
})

export const filterOptions = {
  state: { type: 'string' },
  account: { type: 'string' },
  action: { type: 'string' },
  'older-than': { type: 'string' },
  limit: { type: 'string' },
  rate: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig

export const filterHelp = `By filter:
  --state <state>      awaiting-decision, or the state of a submission: ${SubmissionState.options.slice(0, 4).join(', ')},
                       rejected, exhausted, ... All but awaiting-decision need --account
  --account <name>     of this account
  --action <action>    of this action
  --older-than <time>  nothing has changed them for so long: 90s, 15min, 2h, 7d
  --limit <n>          so many requests at most (1000)
  --rate <n>           so many requests in a second (5)`

export type ReadFilter = z.infer<typeof Filter>

export function readFilter({ options, words }: Call): ReadFilter {
  const filter = readOptions(Filter, options)
  const filtering = filter.account ?? filter.action ?? filter['older-than'] ?? filter.state
  if (words.length > 0 && filtering !== undefined) {
    throw new UsageError('Name requests, or give a filter, but not both.')
  }
  if (words.length === 0 && filter.state === undefined) {
    throw new UsageError('Name a request, or say with --state which submissions are meant.')
  }
  if (words.length === 0 && filter.state !== 'awaiting-decision' && filter.account === undefined) {
    throw new UsageError(`--state ${filter.state} needs --account: there is no list of them over all accounts.`)
  }
  return filter
}

/** The submissions that fit now. */
export const choose = (
  { state = 'awaiting-decision', account, action, limit, 'older-than': age }: ReadFilter,
  { gateway }: Call,
): Promise<Choice[]> =>
  chooseSubmissions(
    {
      state,
      accountName: account,
      action,
      limit,
      unchangedSince: age === undefined ? undefined : gateway.clock() - age,
    },
    { store: gateway.store(), clock: gateway.clock },
  )
