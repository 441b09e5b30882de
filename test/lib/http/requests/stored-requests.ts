import { partsOf } from '../../../../lib/profile/request/manifest.ts'
import type { Device } from '../../../../lib/profile/order/identifiers.ts'
import type { ProfileRequest } from '../../../../lib/profile/request/request.ts'
import type { Submission } from '../../../../lib/profile/request/submission.ts'
import { createStore } from '../../../../lib/store/store.ts'
import { devicesOf } from '../../profile/records.ts'
import { fakeTable } from '../../store/fake-table.ts'

/** A store in memory, and a function that stores a request like `acceptRequest`: with its devices and their links. */
export function aStore() {
  const store = createStore(fakeTable())
  const record = async (
    request: ProfileRequest,
    {
      devices = devicesOf(request.deviceCount),
      submissions = [],
    }: { devices?: Device[]; submissions?: Submission[] } = {},
  ) => {
    const { requestId, generation, accountName, action, createdAt } = request
    await store.createRequest({ request, parts: partsOf(devices) })
    await store.createSubmissions(submissions)
    await store.writeLinks(
      devices.flatMap((device, position) =>
        device.map((identifier) => ({
          identifier,
          requestId,
          generation,
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
