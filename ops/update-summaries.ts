import type { ProfileRequest } from '../lib/profile/request/request.ts'
import { isFinalRequest } from '../lib/profile/request/states.ts'
import type { DeadLetterPreview, DeadLetterQueue } from '../lib/profile/support/redrive-dead-letters.ts'
import { updateSummary } from '../lib/profile/status/update-summary.ts'
import type { Call } from './command.ts'
import { type Outcome, UsageError } from './outcome.ts'
import { createPace } from './pace.ts'
import { plural } from './output/wording.ts'

/** A batch is given up after a day at most, and its requests may be a day older than their last change. */
const lookBackMs = 2 * 86_400_000

/** Folds anew whatever batches of lost changes may have been about, and removes the messages that told of them. */
export async function updateSummaries(
  queue: DeadLetterQueue,
  { kinds }: DeadLetterPreview,
  { accounts, rate }: { accounts: readonly string[]; rate: number },
  { gateway, terminal }: Call,
): Promise<Outcome> {
  if (accounts.length === 0) throw new UsageError('Name the accounts: --account <name>, several times if need be.')
  const since = Math.min(...kinds.map(({ oldest }) => oldest)) - lookBackMs
  const requests = await requestsConcerned(accounts, since, gateway.store())
  terminal.note(`${plural(requests.length, 'request')} of ${accounts.join(', ')} may be concerned.`)
  if (!(await terminal.confirm('Update their summaries and remove the messages?'))) return 'declined'
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
    // Nobody knows when the lost changes were made, so every result counts as new.
    const changed = new Map(submissions.map(({ submission }) => [submission, 0]))
    await updateSummary(requestId, dependencies, { request, changed })
    if ((await dependencies.store.getRequest(requestId))?.version !== version) moved += 1
    terminal.progress(`${index + 1} of ${plural(requests.length, 'request')}`, index + 1 === requests.length)
    if (terminal.isStopping()) return 'stopped'
    await pause()
  }
  const removed = await removeAll(queue)
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

async function requestsConcerned(
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
