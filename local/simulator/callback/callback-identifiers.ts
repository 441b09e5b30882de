import type { Action, Kind } from '../actions.ts'
import type { Callback } from './callback.ts'
import { otherIccid } from '../identifiers.ts'

type Casing = 'Kind' | 'kind'

/** The outer ids may differ from those of the request: the documented disable and every warning have IMEI and EID. */
const outerKinds = (callback: Callback): readonly Kind[] => {
  const { asked } = callback.subject
  if (callback.quirk === 'unasked-kinds') return unaskedKinds(callback)
  const kinds = documentedOuterKinds(callback)
  // If the request used only unusual kinds, add them so that the device can be recognised.
  return kinds.some((kind) => asked.includes(kind)) ? kinds : [...kinds, ...asked]
}

const unaskedKinds = ({ subject }: Callback): readonly Kind[] => {
  const kinds: readonly Kind[] = ['mdn', 'imei', 'msisdn']
  return kinds.filter((kind) => !subject.asked.includes(kind))
}

const documentedOuterKinds = (callback: Callback): readonly Kind[] => {
  const { request, report, subject, quirk } = callback
  if (subject.role === 'device') return ['eid']
  if (quirk === 'other-identifiers') return ['imei', 'eid']
  if (quirk === 'other-profile') return ['iccid', 'eid']
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
  if (quirk === 'unasked-kinds') return unaskedKinds(callback)
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

/** Writes a kind in the given case. ThingSpace writes `mdn` in lower case even beside capitalised kinds. */
export const spell = (kind: Kind, casing: Casing): string =>
  casing === 'kind' || kind === 'mdn' ? kind : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`

/** The id that a callback has for a kind. */
export const idOf = ({ subject, quirk }: Callback, kind: Kind): string => {
  const id = subject.line[kind]
  if (kind === 'iccid' && quirk === 'other-profile') return otherIccid(subject.line)
  if (kind === 'iccid' && quirk === 'other-identifiers' && subject.asked.includes('eid'))
    return otherIccid(subject.line)
  return quirk === 'other-spellings' ? spelledOtherwise(kind, id) : id
}

/** The same identifier in another spelling: the ICCID padded with F, the IMEI as IMEISV, the MDN with +1. */
const spelledOtherwise = (kind: Kind, id: string): string => {
  switch (kind) {
    case 'iccid':
      return `${id.slice(0, 19)}F`
    case 'imei':
      return `${id.slice(0, 14)}01`
    case 'mdn':
      return `+1${id}`
    case 'eid':
    case 'msisdn':
    case 'meid':
    case 'imsi':
    case 'esn':
      return id
  }
}

const ids = (callback: Callback, kinds: readonly Kind[], casing: Casing) =>
  kinds.map((kind) => ({ id: idOf(callback, kind), kind: spell(kind, casing) }))

/** The device ids at the top level of a callback. */
export const outerIds = (callback: Callback) => ids(callback, outerKinds(callback), outerCasing(callback))

/** The device ids inside the profile response of a callback. */
export const innerIds = (callback: Callback) => ids(callback, innerKinds(callback), innerCasing(callback))
