import { type Branch, branchAt, isBranch, isList } from './tree.ts'
import { listAt } from './tree.ts'
import type { Tree } from './tree.ts'

/** Where a message keeps its parts, whichever of the shapes it has. */
export type CallbackShape = {
  /** The part that speaks of the profile, if there is one. */
  profile: Branch | undefined
  /** Where `status` and `faultResponse` stand: the message itself, or its inner `Data`. */
  envelope: Branch
}

/** Why a message is no result of one device's action, in a stable word for counting. */
export type NotAResult = 'list-result' | 'several-devices' | 'several-results' | 'other-service'

/**
 * Finds the parts: the one that has a member about a profile, whatever its name and place; else `deviceProfileResponse`, or
 * the SOAP heritage's `Data.Data.DeviceProfileService.<action>`. A `deviceResponse` of another service is not ours to read:
 * its "Success" says nothing of a profile.
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

/** A "Success" beside these must never be read without them: of a warning the status says it too. */
const speaksOfProfile = (part: Branch): boolean =>
  Object.keys(part).some(
    (name) => name === 'profilestatus' || name.startsWith('euiccstatus') || name.startsWith('euiccerror'),
  )

/** The member that is named after the action, unless the service speaks for itself. */
function profileIn(service: Branch): Branch | undefined {
  if ('euiccstatus' in service || 'deviceidentifiercollection' in service) return service
  for (const name of Object.keys(service)) {
    const branch = branchAt(service, name)
    if (branch !== undefined) return branch
  }
  return undefined
}

/**
 * A message that names its device as a request does (`devices: [{deviceIds}]`) in the shape that names it as a result
 * does. Only if it cannot be a device list: it speaks of a profile or has a fault, and tells nothing of the device beside its
 * identifiers. Whether one status holds for several devices is not documented: each has a message of its own.
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

/** The v2 device list travels over the same service as the results do; its shape is not documented in full. */
const isListResult = (part: Branch): boolean => listNames.some((name) => name in part)

const isSeveral = (tree: Branch[string] | undefined): boolean => isList(tree) && tree.filter(isBranch).length > 1

/** CarrierService's answers to what has a profile action of its own, or a fault; an empty answer leaves the word to `status`. */
const isCarrierResult = (response: Branch): boolean =>
  Object.keys(response).every((name) =>
    /^(activate|deactivate|suspend|restore|resume|renew|changeserviceplan|fault)/.test(name),
  )
