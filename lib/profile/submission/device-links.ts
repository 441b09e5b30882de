import { type Device, identifierKey } from '../order/identifiers.ts'
import type { DeviceStore } from '../request/device-link.ts'
import { type ProfileRequest, isOld } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'

/** What a link repeats of its request. */
type LinkedRequest = Pick<ProfileRequest, 'requestId' | 'generation' | 'accountName' | 'action' | 'createdAt'>

/**
 * Writes the links from the devices of a submission to its request, one for each identifier of each device. If the
 * response to a POST is lost, its callbacks find the submission by these links. The device history of the API reads
 * them too. `firstDevice` is the position of the first device in the request.
 *
 * Call it before the attempt is claimed, because the claim must be followed by the POST without delay. `keptFrom`
 * (epoch milliseconds) starts the retention period of the links later than the creation of the request. Throws if any
 * of the links could not be stored. Nothing has been sent in this case.
 */
export async function linkDevices(
  {
    request: { requestId, generation, accountName, action, createdAt },
    firstDevice,
    devices,
    keptFrom,
  }: { request: LinkedRequest; firstDevice: number; devices: readonly Device[]; keptFrom?: number | undefined },
  store: Pick<DeviceStore, 'writeLinks'>,
): Promise<void> {
  const links = devices.flatMap((device, offset) => {
    const byKey = new Map(device.map((identifier) => [identifierKey(identifier), identifier]))
    const shared = { requestId, generation, position: firstDevice + offset, accountName, action, createdAt }
    return [...byKey.values()].map((identifier) => ({ identifier, ...shared }))
  })
  await store.writeLinks(links, keptFrom)
}

/**
 * Writes the links that a submission needs before its next attempt. Before the first attempt these are all of its
 * links. Later attempts need none, and neither does the second half of a split: its links were written before the
 * split. If the request is more than a day old, all links are written again, because they may expire before the results
 * arrive.
 */
export async function ensureLinks(
  {
    request,
    submission,
    devices,
    now,
  }: { request: ProfileRequest; submission: Submission; devices: readonly Device[]; now: number },
  store: Pick<DeviceStore, 'writeLinks'>,
): Promise<void> {
  const isRenewed = isOld(request, now)
  const isFirst = submission.attempt === 0 && submission.splitFrom === undefined
  if (!isFirst && !isRenewed) return
  const { firstDevice } = submission
  await linkDevices({ request, firstDevice, devices, keptFrom: isRenewed ? now : undefined }, store)
}
