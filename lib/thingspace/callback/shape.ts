import { type Branch, branchAt, isBranch, isList, listAt, type Tree } from './tree.ts'

/** The parts of a message, for any of its shapes. */
export type CallbackShape = {
  /** The part about the profile, if there is one. */
  profile: Branch | undefined
  /** The part with `status` and `faultResponse`: the message itself, or its inner `Data`. */
  envelope: Branch
}

/** Why a message is not the result of one device's action. A stable word that metrics count. */
export type NotAResult = 'list-result' | 'several-devices' | 'several-results' | 'other-service'

/**
 * Finds the parts of a message. The profile part is any part with a member about a profile. Otherwise it is
 * `deviceProfileResponse` or, in the older SOAP shape, `Data.Data.DeviceProfileService.<action>`. The `deviceResponse`
 * of another service is not read, because its "Success" is not about a profile.
 */
export function shapeOf(root: Branch, branches: readonly Branch[]): CallbackShape | NotAResult {
  const outerData = branchAt(root, 'data')
  const data = branchAt(outerData, 'data') ?? outerData
  const response = branchAt(root, 'deviceresponse')
  const service = branchAt(data, 'deviceprofileservice') ?? branchAt(response, 'deviceprofileservice')
  const [speaking, another] = branches.filter(speaksOfProfile)
  const profile = speaking ?? branchAt(response, 'deviceprofileresponse') ?? (service && profileIn(service))
  if ([root, response, profile].some((part) => part !== undefined && isListResult(part))) return 'list-result'
  if (another !== undefined) return 'several-results'
  if (isSeveral(root['deviceresponse']) || isSeveral(response?.['deviceprofileresponse'])) return 'several-results'
  if (profile === undefined && typeof root['deviceresponse'] === 'string') return 'other-service'
  if (profile === undefined && response !== undefined && !isCarrierResult(response)) return 'other-service'
  return { profile, envelope: data ?? root }
}

/**
 * Whether a part has a member about a profile. The `status` is "Success" for warnings too, so it does not decide alone.
 */
const speaksOfProfile = (part: Branch): boolean =>
  Object.keys(part).some(
    (name) => name === 'profilestatus' || name.startsWith('euiccstatus') || name.startsWith('euiccerror'),
  )

/** The service itself if it has the members of a result, otherwise its member named after the action. */
function profileIn(service: Branch): Branch | undefined {
  if ('euiccstatus' in service || 'deviceidentifiercollection' in service) return service
  for (const name of Object.keys(service)) {
    const branch = branchAt(service, name)
    if (branch !== undefined) return branch
  }
  return undefined
}

/**
 * Rewrites a message that names its device as a request does (`devices: [{deviceIds}]`) into the shape of a result.
 * Does so only if the message cannot be a device list: it is about a profile or has a fault, and its devices have only
 * identifiers. Several devices are `several-devices`, because no page says that one status applies to all of them.
 */
export function withDeviceIds(root: Branch, branches: readonly Branch[]): Branch | NotAResult {
  const devices = listAt(root, 'devices')
  const isNamed = 'deviceids' in root || 'device' in root
  const speaks = 'faultresponse' in root || 'fault' in root || branches.some(speaksOfProfile)
  if (devices.length === 0 || isNamed || !speaks || !devices.every(isBareDevice)) return root
  const [only, another] = devices.filter(isBranch)
  if (only === undefined || another !== undefined) return 'several-devices'
  const { devices: _devices, ...rest } = root
  return { ...rest, ...only }
}

const isBareDevice = (tree: Tree): boolean =>
  isBranch(tree) && Object.keys(tree).every((name) => name === 'deviceids') && 'deviceids' in tree

const listNames = ['devices', 'devicelist', 'hasmoredata', 'totaldevices'] as const

/** Whether a part is a device list (v2). ThingSpace sends such lists through the same service as results. */
const isListResult = (part: Branch): boolean => listNames.some((name) => name in part)

const isSeveral = (tree: Branch[string] | undefined): boolean => isList(tree) && tree.filter(isBranch).length > 1

/** Whether an answer of CarrierService is about a profile action, or is a fault. If it is empty, `status` decides. */
const isCarrierResult = (response: Branch): boolean =>
  Object.keys(response).every((name) =>
    /^(activate|deactivate|suspend|restore|resume|renew|changeserviceplan|fault)/.test(name),
  )
