import type { PublishedEvent } from '../profile/request/event-types.ts'

/** Writes an event as a CloudEvent (1.0). `data` is thin: subscribers read the request over HTTPS for details. */
export function cloudEvent(event: PublishedEvent) {
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
  const { requestId, accountName, action, sequence, status, position, device } = event
  return {
    ...envelope,
    subject: requestId,
    sequence: String(sequence).padStart(10, '0'),
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
