import type { Device } from '../profile/order/identifiers.ts'
import { lastFour } from '../profile/order/mask-for-log.ts'
import type { PublishedEvent } from '../profile/request/event-types.ts'

/** How events show the identifiers of a device. Masked: the last four characters of each. */
export type EventIdentifiers = 'whole' | 'masked' | 'absent'

/** Writes an event as a CloudEvent (1.0). `data` is thin: subscribers read the request over HTTPS for details. */
export function cloudEvent(event: PublishedEvent, identifiers: EventIdentifiers) {
  const { id, type, at } = event
  const envelope = {
    specversion: '1.0',
    id,
    source: '/thingspace-profile-gateway',
    type,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
  }
  if (!('requestId' in event)) {
    const { subject, status, service } = event
    return { ...envelope, subject, data: { subject, status, ...(service === undefined ? {} : { service }) } }
  }
  const { requestId, accountName, action, sequence, status, position, traceparent } = event
  const device = shown(event.device, identifiers)
  return {
    ...envelope,
    subject: requestId,
    sequence: String(sequence).padStart(10, '0'),
    // The extension of CloudEvents for distributed tracing.
    ...(traceparent === undefined ? {} : { traceparent }),
    data: {
      requestId,
      sequence,
      accountName,
      action,
      status,
      ...(position === undefined ? {} : { position }),
      ...(device === undefined ? {} : { deviceIds: device }),
    },
  }
}

function shown(device: Device | undefined, identifiers: EventIdentifiers): Device | undefined {
  switch (identifiers) {
    case 'whole':
      return device
    case 'masked':
      return device?.map(({ kind, id }) => ({ kind, id: lastFour(id) }))
    case 'absent':
      return undefined
  }
}
