import type { DeviceStore } from '../request/device-link.ts'
import { type Device, identifierKey } from '../order/identifiers.ts'
import { type ProfileRequest, isOld } from '../request/request.ts'
import type { Submission } from '../request/submission.ts'

/**
 * Writes the links from a submission's devices to its request. They come before the attempt is claimed: they are how a
 * callback finds a submission whose answer was lost, and between the claim and the POST no time may pass.
 * Throws if they cannot be stored: then nothing has been sent.
 */
export async function writeLinks(
  request: ProfileRequest,
  { firstDevice }: Pick<Submission, 'firstDevice'>,
  devices: readonly Device[],
  store: Pick<DeviceStore, 'writeLinks'>,
  keptFrom?: number,
): Promise<void> {
  const { requestId, generation, accountName, action, createdAt } = request
  const links = devices.flatMap((device, offset) => {
    const byKey = new Map(device.map((identifier) => [identifierKey(identifier), identifier]))
    const position = firstDevice + offset
    const named = { requestId, generation, position, accountName, action, createdAt }
    return [...byKey.values()].map((identifier) => ({ identifier, ...named }))
  })
  await store.writeLinks(links, keptFrom)
}

/** Writes what is missing of them before a further attempt. Links of an old order are renewed: theirs may be gone soon. */
export async function ensureLinks(
  request: ProfileRequest,
  submission: Submission,
  devices: readonly Device[],
  store: Pick<DeviceStore, 'writeLinks'>,
  now: number,
): Promise<void> {
  const isRenewed = isOld(request, now)
  const isFirst = submission.attempt === 0 && submission.splitFrom === undefined
  if (isFirst || isRenewed) await writeLinks(request, submission, devices, store, isRenewed ? now : undefined)
}
