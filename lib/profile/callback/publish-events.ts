import { eventsOfListener } from '../listener/listener-events.ts'
import type { Device } from '../order/identifiers.ts'
import type { AccountEvent, PublishedEvent, Topic } from '../request/event-types.ts'
import type { RequestStore } from '../request/request-store.ts'
import { eventsBetween } from '../status/request-events.ts'
import type { ChangeOf } from './change.ts'

export type PublishDependencies = { store: Pick<RequestStore, 'getDevices'>; topic: Topic }

/** Publishes the events of a changed request. Reads the manifest only if an event is about a device. */
export async function publishRequestEvents(
  { before, after }: ChangeOf<'request'>,
  { store, topic }: PublishDependencies,
): Promise<void> {
  const events = eventsBetween(before, after)
  if (events.length === 0) return
  const named = events.some(({ position }) => position !== undefined)
  const devices: Device[] = named ? await store.getDevices(after, 0, after.deviceCount) : []
  await topic.publish(
    events.map((event) => ({ ...event, device: event.position === undefined ? undefined : devices[event.position] })),
  )
}

/** Publishes the events of a changed callback registration. */
export const publishListenerEvents = (
  { before, after }: ChangeOf<'listener'>,
  dependencies: Pick<PublishDependencies, 'topic'>,
): Promise<void> => publishAll(eventsOfListener(before, after), dependencies)

/**
 * Publishes that the login latch of a credential set has closed after two failed logins. Until an operator opens it, the
 * requests of its accounts wait. `at` is in epoch milliseconds.
 */
export const publishLocked = (
  { credentialSet, epoch }: ChangeOf<'latch'>,
  { topic, at }: Pick<PublishDependencies, 'topic'> & { at: number },
): Promise<void> => {
  const event: AccountEvent = {
    type: 'account.locked',
    subject: credentialSet,
    id: `${credentialSet}/latch/${epoch}`,
    at,
    status: 'login-latch-closed',
  }
  return publishAll([event], { topic })
}

const publishAll = async (
  events: readonly PublishedEvent[],
  { topic }: Pick<PublishDependencies, 'topic'>,
): Promise<void> => (events.length === 0 ? undefined : topic.publish(events))
