import type { RequestStore } from '../request/request-store.ts'
import { type AdoptDependencies, lookAtOrphan } from './adopt-orphan.ts'
import type { Device, Identifier } from '../order/identifiers.ts'
import { eventsOfListener } from '../listener/listener-events.ts'
import type { ListenerRecord } from '../listener/listener-store.ts'
import type { AccountEvent, PublishedEvent, Topic } from '../request/event-types.ts'
import type { UpstreamLink, UpstreamStore } from '../request/result-store.ts'
import { eventsBetween } from '../status/request-events.ts'
import { PoisonedItem } from '../request/poisoned-item.ts'
import type { ProfileRequest } from '../request/request.ts'
import { type ScheduleSummaryDependencies, updateOrScheduleSummary } from '../status/update-summary.ts'

/** What happened in the table, as far as it means anything for a request. */
export type Change =
  | { kind: 'request'; before: ProfileRequest | undefined; after: ProfileRequest }
  | { kind: 'submission'; requestId: string }
  | { kind: 'upstream-link'; requestId: string; submission: number }
  | { kind: 'listener'; before: ListenerRecord | undefined; after: ListenerRecord }
  | { kind: 'latch'; credentialSet: string; epoch: number }
  | {
      kind: 'result'
      upstreamRequestId: string
      accountName: string
      identifiers: Identifier[]
      receivedAt: number
    }

export type ProjectDependencies = ScheduleSummaryDependencies &
  AdoptDependencies & {
    store: ScheduleSummaryDependencies['store'] &
      AdoptDependencies['store'] &
      Pick<UpstreamStore, 'findUpstreamLink' | 'saveOrphan'> &
      Pick<RequestStore, 'getDevices'>
    topic: Topic
    /** What a record of the stream means; nothing if it means nothing here. Throws on what it should but cannot read. */
    readChange: (record: StreamRecord) => Change | undefined
  }

/** One item before and after a change, as plain values. */
export type StreamRecord = {
  before: Readonly<Record<string, unknown>> | undefined
  after: Readonly<Record<string, unknown>> | undefined
}

/**
 * Gives meaning to a batch of changes: summaries each request they touch once, notes results whose upstream request id
 * nobody knows yet, and publishes what became of requests. Gives back the index of the first change that failed, from
 * which the stream must come again; everything before it is done, and doing it again does no harm. What is poisoned is
 * set aside: the shard would wait behind it for as long as the stream keeps it.
 */
export async function projectChanges(
  records: readonly StreamRecord[],
  dependencies: ProjectDependencies,
): Promise<{ failedFrom: number } | undefined> {
  const { log } = dependencies
  const touched = new Map<string, { index: number; changed: Map<number, number> }>()
  const links = new Map<string, UpstreamLink>()
  let failedFrom = records.length
  const attempt = async (index: number, work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      if (error instanceof PoisonedItem) return log.error('change set aside', { index, error })
      log.error('change not projected', { index, error })
      failedFrom = Math.min(failedFrom, index)
    }
  }
  const touch = (requestId: string, index: number, news?: { submission: number; receivedAt: number }) => {
    const known = touched.get(requestId) ?? { index, changed: new Map() }
    touched.set(requestId, known)
    if (news === undefined) return
    const earlier = known.changed.get(news.submission) ?? news.receivedAt
    known.changed.set(news.submission, Math.min(earlier, news.receivedAt))
  }

  for (const [index, record] of records.entries()) {
    await attempt(index, async () => {
      const change = dependencies.readChange(record)
      switch (change?.kind) {
        case undefined:
          return
        case 'request':
          return publishEvents(change, dependencies)
        case 'listener':
          return publishAll(eventsOfListener(change.before, change.after), dependencies)
        case 'latch':
          return publishAll([lockedEvent(change, dependencies.clock())], dependencies)
        case 'submission':
          return touch(change.requestId, index)
        case 'upstream-link':
          // Results may have come long before their link was known.
          return touch(change.requestId, index, { submission: change.submission, receivedAt: 0 })
        case 'result': {
          const link = await linkOf(change, links, dependencies)
          if (link !== undefined)
            touch(link.requestId, index, { submission: link.submission, receivedAt: change.receivedAt })
        }
      }
    })
  }
  for (const [requestId, { index, changed }] of touched)
    await attempt(index, () => updateOrScheduleSummary(requestId, changed, dependencies))
  return failedFrom < records.length ? { failedFrom } : undefined
}

async function linkOf(
  change: Extract<Change, { kind: 'result' }>,
  links: Map<string, UpstreamLink>,
  dependencies: ProjectDependencies,
): Promise<UpstreamLink | undefined> {
  const name = `${change.accountName} ${change.upstreamRequestId}`
  const link =
    links.get(name) ?? (await dependencies.store.findUpstreamLink(change)) ?? (await adopterOf(change, dependencies))
  if (link !== undefined) links.set(name, link)
  return link
}

/** Remembers a result that nobody owns. Where it can only belong to one doubt it settles it at once. */
async function adopterOf(
  { upstreamRequestId, accountName, identifiers, receivedAt }: Extract<Change, { kind: 'result' }>,
  dependencies: ProjectDependencies,
): Promise<UpstreamLink | undefined> {
  const { store, settings, log } = dependencies
  // A callback may overtake the answer it belongs to: nobody is missing before the attempt's lease has run out.
  const dueAt = receivedAt + settings.leaseSeconds * 1000
  const orphan = await store.saveOrphan(
    { upstreamRequestId, accountName, firstReceivedAt: receivedAt, dueAt },
    identifiers,
  )
  log.info('result of an upstream request that nobody knows yet', { upstreamRequestId, accountName })
  const look = await lookAtOrphan(orphan, dependencies)
  return look.kind === 'owned' ? look.link : undefined
}

async function publishEvents(
  { before, after }: Extract<Change, { kind: 'request' }>,
  { store, topic }: ProjectDependencies,
): Promise<void> {
  const events = eventsBetween(before, after)
  if (events.length === 0) return
  const named = events.some(({ position }) => position !== undefined)
  const devices: Device[] = named ? await store.getDevices(after, 0, after.deviceCount) : []
  await topic.publish(
    events.map((event) => ({ ...event, device: event.position === undefined ? undefined : devices[event.position] })),
  )
}

const publishAll = async (events: readonly PublishedEvent[], { topic }: ProjectDependencies): Promise<void> =>
  events.length === 0 ? undefined : topic.publish(events)

/** Two failed logins closed the latch: every request of these accounts waits until somebody looks. */
const lockedEvent = ({ credentialSet, epoch }: { credentialSet: string; epoch: number }, at: number): AccountEvent => ({
  type: 'account.locked',
  subject: credentialSet,
  id: `${credentialSet}/latch/${epoch}`,
  at,
  status: 'login-latch-closed',
})
