import type { ParseArgsOptionsConfig } from 'node:util'
import * as z from 'zod'
import { ActionName } from '../../lib/profile/order/action-names.ts'
import { type Choice, chooseSubmissions } from '../../lib/profile/decision/choose-submissions.ts'
import { SubmissionState } from '../../lib/profile/request/states.ts'
import type { Call } from '../command.ts'
import { UsageError } from '../outcome.ts'
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

/** The options with which `retry` and `cancel` select submissions. */
export const filterOptions = {
  state: { type: 'string' },
  account: { type: 'string' },
  action: { type: 'string' },
  'older-than': { type: 'string' },
  limit: { type: 'string' },
  rate: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig

/** The part of the help of `retry` and `cancel` about the filter options. */
export const filterHelp = `Filter options:
  --state <state>      awaiting-decision, or the state of a submission: ${SubmissionState.options.slice(0, 4).join(', ')},
                       rejected, exhausted, ... All states except awaiting-decision need --account
  --account <name>     only submissions of this account
  --action <action>    only submissions of this action
  --older-than <time>  only submissions that have not changed for this long: 90s, 15min, 2h, 7d
  --limit <n>          maximum number of requests (default 1000)
  --rate <n>           requests per second (default 5)`

export type ReadFilter = z.infer<typeof Filter>

/**
 * Parses the filter options of a command. Throws `UsageError` if the command line has both request ids and a filter,
 * neither of them, or a state that cannot be listed without an account.
 */
export function readFilter({ options, words }: Call): ReadFilter {
  const filter = readOptions(Filter, options)
  const filtering = filter.account ?? filter.action ?? filter['older-than'] ?? filter.state
  if (words.length > 0 && filtering !== undefined) {
    throw new UsageError('Give request ids or a filter, but not both.')
  }
  if (words.length === 0 && filter.state === undefined) {
    throw new UsageError('Give a request id, or select submissions with --state.')
  }
  if (words.length === 0 && filter.state !== 'awaiting-decision' && filter.account === undefined) {
    throw new UsageError(`--state ${filter.state} needs --account: the table has no list of them across accounts.`)
  }
  return filter
}

/** Lists the submissions that match the filter now, grouped by request. Without a state it lists awaiting-decision. */
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
