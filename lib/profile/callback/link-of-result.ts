import type { UpstreamLink, UpstreamStore } from '../request/result-store.ts'
import { lookAtOrphan, type LookDependencies } from './adopt-orphan.ts'
import type { ChangeOf } from './change.ts'

type LinkDependencies = LookDependencies & { store: Pick<UpstreamStore, 'saveOrphan'> }

/** Finds the submission of a result. `links` caches those of this batch. */
export async function linkOf(
  change: ChangeOf<'result'>,
  links: Map<string, UpstreamLink>,
  dependencies: LinkDependencies,
): Promise<UpstreamLink | undefined> {
  const name = `${change.accountName} ${change.upstreamRequestId}`
  const link =
    links.get(name) ?? (await dependencies.store.findUpstreamLink(change)) ?? (await adopterOf(change, dependencies))
  if (link !== undefined) links.set(name, link)
  return link
}

/** Saves an orphan for a result without a submission. If it can belong to only one submission, that adopts it at once. */
async function adopterOf(
  { upstreamRequestId, accountName, identifiers, receivedAt }: ChangeOf<'result'>,
  dependencies: LinkDependencies,
): Promise<UpstreamLink | undefined> {
  const { store, settings, log } = dependencies
  // A callback can arrive before the response to its submission. The sweep therefore waits until the lease has expired.
  const dueAt = receivedAt + settings.leaseSeconds * 1000
  const orphan = await store.saveOrphan(
    { upstreamRequestId, accountName, firstReceivedAt: receivedAt, dueAt },
    identifiers,
  )
  log.info('orphan saved', { upstreamRequestId, accountName })
  const look = await lookAtOrphan(orphan, dependencies)
  return look.kind === 'linked' ? look.link : undefined
}
