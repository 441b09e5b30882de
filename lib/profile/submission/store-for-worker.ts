import { inlineManifestBytes, partsOf } from '../request/manifest.ts'
import type { Clock, Log } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Settings } from '../request/settings.ts'
import { newRequest, type Order, planRequest, recordedFields } from './new-request.ts'
import type { SubmissionQueue } from './queue.ts'
import { sendPartMessages } from './send-work-messages.ts'

export type StoreForWorkerDependencies = {
  store: Pick<RequestStore, 'createRequest'>
  queue: SubmissionQueue
  clock: Clock
  settings: Settings
  newId: () => string
  log: Log
}

/**
 * Stores an order of any size like a bulk request: a worker creates its submissions and sends them. The caller of this
 * function needs no credentials of ThingSpace. If the work message is lost, the sweep sends it again. Throws if the
 * request could not be stored.
 */
export async function storeForWorker(
  order: Order,
  own: Pick<ProfileRequest, 'requestId' | 'fingerprint' | 'reorderOf'>,
  dependencies: StoreForWorkerDependencies,
): Promise<{ kind: 'created' | 'exists'; request: ProfileRequest }> {
  const { store, clock, settings, newId, log } = dependencies
  const now = clock()
  const parts = partsOf(order.body.devices)
  const [manifest] = parts
  const isInline = manifest !== undefined && manifest.byteLength <= inlineManifestBytes
  const planned = {
    ...planRequest(order, { now, settings, newId }),
    ...own,
    dueAt: now + settings.workMessageGraceSeconds * 1000,
  }
  const request = newRequest(isInline ? { ...planned, manifest } : planned, undefined)
  const creation = await store.createRequest({ request, parts: isInline ? [] : parts })
  if (creation.kind === 'exists') return creation
  log.info('request recorded', recordedFields(request))
  await sendPartMessages(request, [...parts.keys()], dependencies)
  return { kind: 'created', request }
}
