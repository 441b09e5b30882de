import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import { isFinalRequest } from '../../lib/profile/request/states.ts'
import {
  beginRedrive,
  type DeadLetterPreview,
  type DeadLetterQueue,
} from '../../lib/profile/support/redrive-dead-letters.ts'
import { updateSummary } from '../../lib/profile/status/update-summary.ts'
import type { Call } from '../command.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { createPace } from '../../lib/pace.ts'
import { plural } from '../output/wording.ts'

/**
 * How far requests may be older than the oldest dead letter. The stream gives a batch up after at most a day, and a
 * request may be a day older than its last change.
 */
const lookBackMs = 2 * 86_400_000

/**
 * Handles dead letters of the change stream. They name stream positions and not requests, so this asks for confirmation,
 * updates the summary of every request that may be affected, and then removes the messages. If the operator stops it
 * early, the messages stay in the queue.
 */
export async function updateSummaries(
  { queue, preview }: { queue: DeadLetterQueue; preview: DeadLetterPreview },
  { accounts, rate }: { accounts: readonly string[]; rate: number },
  { gateway, terminal, by }: Call,
): Promise<Outcome> {
  if (accounts.length === 0) throw new UsageError('Name at least one account with --account <name>.')
  const since = Math.min(...preview.kinds.map(({ oldest }) => oldest)) - lookBackMs
  const requests = await affectedRequests(accounts, since, gateway.store())
  terminal.note(`${plural(requests.length, 'request')} of ${accounts.join(', ')} may be affected.`)
  if (!(await terminal.confirm('Update their summaries and remove the messages?'))) return 'declined'
  const end = await beginRedrive({ name: 'changes', by, audit: await gateway.audit() })
  const pause = createPace(rate)
  const dependencies = {
    store: gateway.store(),
    clock: gateway.clock,
    settings: gateway.settings(),
    log: gateway.log,
  }
  let moved = 0
  for (const [index, request] of requests.entries()) {
    const { requestId, version } = request
    const submissions = await dependencies.store.listSubmissions(request)
    // The time of the lost changes is unknown, so treat every result as new.
    const changed = new Map(submissions.map(({ submission }) => [submission, 0]))
    await updateSummary(requestId, dependencies, { request, changed })
    if ((await dependencies.store.getRequest(requestId))?.version !== version) moved += 1
    terminal.progress(`${index + 1} of ${plural(requests.length, 'request')}`, index + 1 === requests.length)
    if (terminal.isStopping()) {
      await end({ result: 'nothing-done', detail: { summariesChanged: moved } })
      return 'stopped'
    }
    await pause()
  }
  const removed = await removeAll(queue)
  await end({ result: 'done', detail: { summariesChanged: moved, messagesRemoved: removed } })
  terminal.answer(
    [`${moved} of ${plural(requests.length, 'request')} had changed; ${plural(removed, 'message')} removed.`],
    {
      requests: requests.length,
      changed: moved,
      removed,
    },
  )
  return 'done'
}

/** Lists the requests of the accounts that are not final or that were created at or after `since`. */
async function affectedRequests(
  accounts: readonly string[],
  since: number,
  store: ReturnType<Call['gateway']['store']>,
): Promise<ProfileRequest[]> {
  const found: ProfileRequest[] = []
  for (const account of accounts) {
    let cursor: string | undefined
    do {
      const page = await store.listRequests(account, {}, { limit: 100, ...(cursor === undefined ? {} : { cursor }) })
      found.push(...page.rows.filter(({ createdAt, summary }) => createdAt >= since || !isFinalRequest(summary.status)))
      cursor = page.cursor
    } while (cursor !== undefined)
  }
  return found
}

async function removeAll(queue: DeadLetterQueue): Promise<number> {
  let removed = 0
  for (;;) {
    const letters = await queue.receive(60)
    if (letters.length === 0) return removed
    for (const letter of letters) await queue.remove(letter)
    removed += letters.length
  }
}
