import type { Device } from '../order/identifiers.ts'
import { devicesPerPart, manifestOf } from '../request/manifest.ts'
import type { Clock, Log } from '../ports.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Settings } from '../request/settings.ts'
import { newRequest, type PlannedRequest, recordedFields } from './new-request.ts'
import type { SubmissionQueue } from './queue.ts'
import { sendPartMessages } from './send-work-messages.ts'

export type StoreForWorkerDependencies = {
  store: Pick<RequestStore, 'createRequest'>
  queue: SubmissionQueue
  clock: Clock
  settings: Settings
  log: Log
}

/**
 * Stores a request that workers send: they create its submissions. The caller of this function needs no credentials of
 * ThingSpace. If the work messages are lost, the sweep sends them again. Throws if the request could not be stored.
 */
export async function storeForWorker(
  { planned, devices }: { planned: PlannedRequest; devices: readonly Device[] },
  dependencies: StoreForWorkerDependencies,
): Promise<{ kind: 'created' | 'exists'; request: ProfileRequest }> {
  const { store, settings, log } = dependencies
  const { own, parts } = manifestOf(devices)
  const dueAt = planned.createdAt + settings.workMessageGraceSeconds * 1000
  const request = newRequest({ ...planned, ...own, dueAt }, undefined)
  const creation = await store.createRequest({ request, parts })
  if (creation.kind === 'exists') return creation
  log.info('request recorded', recordedFields(request))
  const messages = Math.ceil(devices.length / devicesPerPart)
  await sendPartMessages(request, [...Array(messages).keys()], dependencies)
  return { kind: 'created', request }
}
