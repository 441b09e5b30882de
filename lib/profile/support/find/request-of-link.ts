import type { DeviceLink } from '../../request/device-link.ts'
import type { RequestStore } from '../../request/request-store.ts'
import type { ProfileRequest } from '../../request/request.ts'
import type { DeviceView } from '../../status/device-view.ts'
import { listDevices, type ListDevicesDependencies } from '../../status/list-devices.ts'

/** A request that names a card, with the state of the card's device in it. */
export type LinkedRequest = { request: ProfileRequest; device: DeviceView | undefined }

/**
 * The request of a link with the state of its device. Undefined if the request was never stored, because links are
 * written first, or if the link belongs to an expired one.
 */
export async function requestOfLink(
  { requestId, generation, position }: DeviceLink,
  dependencies: ListDevicesDependencies & { store: Pick<RequestStore, 'getRequest'> },
): Promise<LinkedRequest | undefined> {
  const request = await dependencies.store.getRequest(requestId)
  if (request === undefined || request.generation !== generation) return undefined
  const { rows } = await listDevices(request, { from: position, limit: 1 }, dependencies)
  return { request, device: rows[0] }
}
