import {
  type BulkDecision,
  type CarriedOut,
  carryOut,
  changesNothing,
  countPlans,
  type DecisionPlan,
} from '../../lib/profile/decision/decide-in-bulk.ts'
import { actions } from '../../lib/profile/order/actions.ts'
import type { Call } from '../command.ts'
import { columns } from '../output/columns.ts'
import type { Outcome } from '../outcome.ts'
import { createPace } from '../../lib/pace.ts'
import { plural } from '../output/wording.ts'

/**
 * Previews the plans of `retry` or `cancel`, asks for confirmation, and carries them out one request at a time, at most
 * `rate` requests per second. Ctrl-C stops after the current request; running the command again skips finished requests.
 */
export async function carryOutPlans(
  all: readonly DecisionPlan[],
  { decision, rate }: { decision: BulkDecision; rate: number },
  call: Call,
): Promise<Outcome> {
  const { gateway, terminal, by } = call
  const plans = all.filter((plan) => !changesNothing(plan))
  if (plans.length === 0) {
    terminal.note(nothingToDo(all, decision))
    terminal.answer([], { requests: 0 })
    return 'nothing'
  }
  for (const line of preview(plans, decision)) terminal.note(line)
  if (!(await terminal.confirm(`${decision.what} ${plural(plans.length, 'request')}?`))) {
    terminal.note('Nothing was done.')
    return 'declined'
  }
  const counts = { requests: plans.length, done: 0, submissions: 0, movedOn: 0, failed: 0 }
  const dependencies = {
    store: gateway.store(),
    queue: gateway.queue(),
    audit: await gateway.audit(),
    settings: gateway.settings(),
    clock: gateway.clock,
    log: gateway.log,
    random: Math.random,
    decideMilliseconds: 600_000,
    pause: createPace(rate),
  }
  for await (const carriedOut of carryOut(plans, { decision, by }, dependencies)) {
    count(counts, carriedOut, call)
    const handled = counts.done + counts.movedOn + counts.failed
    terminal.progress(
      `${handled} of ${plural(plans.length, 'request')}, ${counts.failed} failed`,
      handled === plans.length,
    )
    if (terminal.isStopping() && handled < plans.length) {
      const hint =
        decision.what === 'retry' ? ' Add --older-than 10min to skip submissions that were just refused again.' : ''
      terminal.note(`Stopped after ${handled} of ${plans.length}. Run the same command again to continue.${hint}`)
      terminal.answer(summary(counts), { ...counts, stopped: true })
      return 'stopped'
    }
  }
  terminal.answer(summary(counts), { ...counts, stopped: false })
  return counts.failed > 0 ? 'failed' : 'done'
}

type Counts = { requests: number; done: number; submissions: number; movedOn: number; failed: number }

function count(counts: Counts, { requestId, decision }: CarriedOut, { terminal }: Call): void {
  switch (decision.kind) {
    case 'done':
      counts.done += 1
      counts.submissions += decision.changed
      return
    case 'nothing-to-do':
      counts.movedOn += 1
      return
    case 'failed':
      counts.failed += 1
      terminal.note(
        `${requestId}: ${decision.error instanceof Error ? decision.error.message : String(decision.error)}`,
      )
  }
}

function preview(plans: readonly DecisionPlan[], decision: BulkDecision): string[] {
  const rows = countPlans(plans)
  const risky = rows.filter(({ action, state }) => state === 'unconfirmed' && !actions[action].repeatable)
  return [
    ...columns(
      ['action', 'state', 'requests', 'submissions', 'devices'],
      rows.map(({ action, state, requests, submissions, devices }) => [action, state, requests, submissions, devices]),
    ),
    ...(decision.what === 'retry' && risky.length > 0
      ? [
          `If ThingSpace already has these submissions, their actions run twice: ${[...new Set(risky.map(({ action }) => action))].join(', ')}.`,
        ]
      : []),
    ...(decision.what === 'cancel' && rows.some(({ state }) => state !== 'unconfirmed')
      ? ['Cancelling is final: a request that is stopped before it was sent cannot be retried.']
      : []),
  ]
}

const summary = ({ done, submissions, movedOn, failed }: Counts): string[] => [
  `${plural(done, 'request')} done (${plural(submissions, 'submission')}), ${movedOn} had changed meanwhile, ${failed} failed.`,
]

function nothingToDo(all: readonly DecisionPlan[], { what }: BulkDecision): string {
  const [only] = all
  if (only === undefined) return `Nothing matches, so there is nothing to ${what}.`
  if (all.length > 1) return `None of ${plural(all.length, 'request')} has anything to ${what}.`
  const { requestId, cancelledAt } = only.request
  const state = cancelledAt === undefined ? `it is ${only.request.summary.status}` : 'it was cancelled'
  return `Request ${requestId} has nothing to ${what}: ${state}.`
}
