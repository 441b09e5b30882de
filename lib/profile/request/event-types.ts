import type { Device } from '../order/identifiers.ts'
import type { ProfileRequest } from './request.ts'

/** What is told of an account rather than of a request. */
export type AccountEvent = {
  type: 'listener.drifted' | 'account.locked'
  /** The account, or the credential set that several accounts share. */
  subject: string
  id: string
  at: number
  status: string
  service?: string
}

/** What other systems are told, and in which words. */
export type RequestEvent = {
  type: 'request.submitted' | 'request.unconfirmed' | 'request.completed' | 'device.succeeded' | 'device.failed'
  requestId: string
  accountName: string
  action: ProfileRequest['action']
  /** The request's version: grows with each change; a subscriber ignores what is lower than what it has seen. */
  sequence: number
  /** Equal for a repeat of one event, different for any other. */
  id: string
  at: number
  status: string
  /** The device's position in the request, for device events. */
  position?: number
}

/** An event with the device it is about, where it is about one. */
export type PublishedEvent = (RequestEvent & { device?: Device | undefined }) | AccountEvent

export type Topic = {
  /** Publishes all, in no order; throws if any could not be published, and the stream brings them all again. */
  publish(events: readonly PublishedEvent[]): Promise<void>
}
