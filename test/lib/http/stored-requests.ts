import { partsOf } from '../../../lib/profile/manifest.ts'
import { pointerIdentifiers, type Device } from '../../../lib/profile/identifiers.ts'
import type { ProfileRequest, Submission } from '../../../lib/profile/request.ts'
import { createStore } from '../../../lib/store/store.ts'
import { devicesOf } from '../profile/records.ts'
import { fakeTable } from '../store/fake-table.ts'

/** A store in memory, and how to record a request in it as accepting it does: with its devices and their pointers. */
export function aStore() {
  const store = createStore(fakeTable())
  const record = async (
    request: ProfileRequest,
    {
      devices = devicesOf(request.deviceCount),
      submissions = [],
    }: { devices?: Device[]; submissions?: Submission[] } = {},
  ) => {
    const { requestId, accountName, action, createdAt } = request
    await store.createRequest({ request, parts: partsOf(devices) })
    await store.createSubmissions(submissions)
    await store.writePointers(
      devices.flatMap((device, position) =>
        pointerIdentifiers(device).map((identifier) => ({
          identifier,
          requestId,
          position,
          accountName,
          action,
          createdAt,
        })),
      ),
    )
    return request
  }
  return { store, record }
}
