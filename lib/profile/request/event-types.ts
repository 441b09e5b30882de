import type { Device } from '../order/identifiers.ts'
import type { ProfileRequest } from './request.ts'

/** An event about an account. Requests are not involved. */
export type AccountEvent = {
  type: 'listener.drifted' | 'account.locked'
  /** The account, or the credential set that several accounts share. */
  subject: string
  id: string
  /** Epoch milliseconds. */
  at: number
  status: string
  service?: string
}

/** An event about a request or one of its devices. */
export type RequestEvent = {
  type: 'request.submitted' | 'request.unconfirmed' | 'request.completed' | 'device.succeeded' | 'device.failed'
  requestId: string
  accountName: string
  action: ProfileRequest['action']
  /** The request's version, which grows with each change. Subscribers ignore events with a lower one than the last. */
  sequence: number
  /** Equal for repeats of one event and different for all others, so subscribers can deduplicate. */
  id: string
  /** Epoch milliseconds. */
  at: number
  status: string
  /** The trace context of the request. */
  traceparent?: string | undefined
  /** The position of the device in the request. Present in device events. */
  position?: number
}

/** An event as it is published. Device events also carry the identifiers of their device. */
export type PublishedEvent = (RequestEvent & { device?: Device | undefined }) | AccountEvent

export type Topic = {
  /** Publishes events in no particular order. Throws if any fails; the stream then redelivers all of them. */
  publish(events: readonly PublishedEvent[]): Promise<void>
}
