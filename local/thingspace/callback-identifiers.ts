import type { Action, Kind } from './actions.ts'
import type { Callback } from './callback.ts'
import { otherIccid } from './identifiers.ts'

type Casing = 'Kind' | 'kind'

/** The outer ids need not be those of the request: the documented disable and every warning name IMEI and EID. */
const outerKinds = (callback: Callback): readonly Kind[] => {
  const kinds = documentedOuterKinds(callback)
  const { asked } = callback.subject
  // A device asked for by an unusual kind alone must still be recognisable.
  return kinds.some((kind) => asked.includes(kind)) ? kinds : [...kinds, ...asked]
}

const documentedOuterKinds = (callback: Callback): readonly Kind[] => {
  const { request, report, subject, quirk } = callback
  if (subject.role === 'device') return ['eid']
  if (quirk === 'other-identifiers') return ['imei', 'eid']
  if (request.family === 'global')
    return isPerProfile(request.action) ? ['iccid', 'eid'] : ['iccid', 'imei', 'eid', 'mdn']
  if (request.family !== 'local') return ['iccid', 'imei', 'eid']
  const afterTimeOut = report.kind === 'warning' || report.kind === 'success-after-warning'
  const isDownload = request.action === 'download_enable' || request.action === 'download_disable'
  return afterTimeOut || (!isDownload && report.kind === 'success') ? ['imei', 'eid'] : ['iccid', 'eid']
}

const innerKinds = (callback: Callback): readonly Kind[] => {
  const { request, report, quirk } = callback
  if (quirk === 'other-identifiers') return ['imei', 'iccid', 'mdn', 'eid']
  if (request.family !== 'local') return outerKinds(callback)
  const isDownload = request.action === 'download_enable' || request.action === 'download_disable'
  return isDownload || report.kind === 'success-after-warning' ? ['iccid', 'eid'] : ['imei', 'iccid', 'mdn', 'eid']
}

const isPerProfile = (action: Action): boolean => action === 'device_suspend' || action === 'device_resume'

const outerCasing = ({ request, report }: Callback): Casing => {
  if (report.kind === 'fault' || report.kind === 'already-done' || request.family === 'global') return 'Kind'
  if (request.family !== 'local') return 'kind'
  return request.action === 'download_enable' || report.kind !== 'success' ? 'Kind' : 'kind'
}

const innerCasing = ({ request }: Callback): Casing => (request.family === 'global' ? 'Kind' : 'kind')

/** MDN stays in lower case even where the kinds around it are capitalised. */
export const spell = (kind: Kind, casing: Casing): string =>
  casing === 'kind' || kind === 'mdn' ? kind : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`

/** The id that a callback gives for a kind. */
export const idOf = ({ subject, quirk }: Callback, kind: Kind): string =>
  kind === 'iccid' && quirk === 'other-identifiers' && subject.asked.includes('eid')
    ? otherIccid(subject.line)
    : subject.line[kind]

const ids = (callback: Callback, kinds: readonly Kind[], casing: Casing) =>
  kinds.map((kind) => ({ id: idOf(callback, kind), kind: spell(kind, casing) }))

/** The ids beside the request id. */
export const outerIds = (callback: Callback) => ids(callback, outerKinds(callback), outerCasing(callback))

/** The ids inside the profile response. */
export const innerIds = (callback: Callback) => ids(callback, innerKinds(callback), innerCasing(callback))
