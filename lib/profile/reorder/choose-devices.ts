import { inParallel } from '../../parallel.ts'
import type { FailedStatus } from '../failure/failure.ts'
import { actions } from '../order/actions.ts'
import { type Identifier, isSameIdentifier } from '../order/identifiers.ts'
import type { ProfileRequest } from '../request/request.ts'
import { type DeviceView, errorOf } from '../status/device-view.ts'
import { type Candidate, type LeftReason, mayStillSucceed } from './candidate.ts'
import { type ReadDevicesDependencies, readDevicesOf } from './known-devices.ts'
import { laterOrders } from './later-orders.ts'

/** Which devices of a request to order again. */
export type ReorderFilter = {
  statuses: readonly FailedStatus[]
  /** Codes of ThingSpace; `none` for devices without one. All if absent. */
  codes?: readonly string[] | undefined
  /** Positions in the request, or identifiers. All if absent. */
  devices?: readonly (number | Identifier)[] | undefined
  /** Also orders devices of a non-repeatable action that may still succeed, so the action may run twice. */
  acceptRisk: boolean
}

/**
 * Finds the devices that a filter names, and decides for each whether it is ordered again. Reads the current submissions
 * and results, and never the stored summary, which may be older.
 */
export async function chooseDevices(
  request: ProfileRequest,
  { filter, reorderId }: { filter: ReorderFilter; reorderId: string },
  dependencies: ReadDevicesDependencies,
): Promise<Candidate[]> {
  const isRiskAccepted = filter.acceptRisk || actions[request.action].repeatable
  const all = await readDevicesOf(request, dependencies)
  const named = all
    .filter(({ view }) => isNamed(view, filter))
    .map((each): Candidate => ({ ...each, why: whyLeft(each, isRiskAccepted) }))
  const reasonOf = laterOrders(request, { reorderId, isRiskAccepted }, dependencies)
  await inParallel(named, async (candidate) => {
    candidate.why ??= await reasonOf(candidate)
  })
  return named
}

/** A device that is named itself is always meant, so that the answer says why it is left. */
function isNamed(view: DeviceView, { statuses, codes, devices }: ReorderFilter): boolean {
  if (codes !== undefined && !codes.includes(errorOf(view).code ?? 'none')) return false
  if (devices === undefined) return statuses.some((status) => status === view.status)
  return devices.some((wanted) =>
    typeof wanted === 'number' ? wanted === view.position : view.deviceIds.some((own) => isSameIdentifier(own, wanted)),
  )
}

function whyLeft({ view, submission }: Omit<Candidate, 'why'>, isRiskAccepted: boolean): LeftReason | undefined {
  if ((view.status !== 'failed' && view.status !== 'expired') || submission === undefined) return 'not-failed'
  return !isRiskAccepted && mayStillSucceed(view, submission) ? 'may-still-succeed' : undefined
}
