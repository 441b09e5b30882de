/** The family of an action's request body. Several families share a URL, so the body decides. */
export type Family = 'local' | 'device' | 'global' | 'consumer'

/** The identifier kinds on Verizon's page of error messages, and the EID, which that page omits. */
export const allKinds = ['eid', 'iccid', 'imei', 'mdn', 'msisdn', 'meid', 'imsi', 'esn'] as const
export type Kind = (typeof allKinds)[number]

/** How the simulator interprets gaps and contradictions in Verizon's documentation. README.md lists the differences. */
export type Reading = 'permissive' | 'documented' | 'strict'

/**
 * The identifier kinds on the documentation page of an action. Each device needs all `required` kinds, or any one kind if
 * none is required, and may have `others`. `bySdk` are the kinds that Verizon's SDK requires, if fewer.
 */
type PageRule = { required: readonly Kind[]; others: readonly Kind[]; bySdk?: readonly Kind[] }

/** The required and allowed identifier kinds of a device in one reading. */
export type KindRule = { required: readonly Kind[]; allowed: readonly Kind[] }

const kinds = (required: readonly Kind[], others: readonly Kind[] = [], bySdk = required): PageRule => ({
  required,
  others,
  bySdk,
})

/** Local profile pages: "EID and ICCID are both required", and no other kind is listed. */
const localKinds = kinds(['eid', 'iccid'])
const anyKind = kinds([], ['eid', 'iccid', 'imei', 'mdn'])
const globalBoth = kinds(['eid', 'iccid'], ['imei', 'mdn'])

/** The sixteen actions, with the identifier kinds of each family. Where Verizon's pages are incomplete, more is allowed. */
const actions = {
  download: { global: globalBoth },
  download_enable: { local: localKinds, global: globalBoth },
  download_disable: { local: localKinds },
  enable: { local: localKinds, global: globalBoth },
  disable: { local: localKinds },
  delete: { local: localKinds, global: globalBoth },
  setfallbackattribute: {
    device: kinds([], ['imei', 'iccid', 'eid']),
    global: kinds(['eid', 'iccid', 'imei'], ['mdn']),
  },
  activate: { device: anyKind, global: anyKind, consumer: kinds(['eid', 'imei'], ['iccid']) },
  activate_enable: { device: anyKind },
  deactivate: { device: anyKind, global: anyKind, consumer: kinds(['eid', 'iccid']) },
  profile_suspend: { global: kinds(['iccid'], ['eid', 'imei', 'mdn'], []) },
  profile_resume: { global: kinds(['iccid'], ['eid', 'imei', 'mdn'], []) },
  device_suspend: { global: kinds(['eid'], ['iccid', 'imei', 'mdn']) },
  device_resume: { global: kinds(['eid'], ['iccid', 'imei', 'mdn']) },
  serviceplan: { global: globalBoth },
  // The SDK sends IMEI and ICCID. The page shows EID and IMEI in its example, but requires EID and ICCID in its text.
  renew_activation_code: { consumer: kinds(['imei', 'iccid'], ['eid'], []) },
} as const satisfies Record<string, Partial<Record<Family, PageRule>>>

export type Action = keyof typeof actions

/** Whether ThingSpace has an action of this name. */
export const isAction = (name: string): name is Action => Object.hasOwn(actions, name)

/** The names of all actions. */
export const actionNames: readonly Action[] = Object.keys(actions).filter((name) => isAction(name))

/** The identifier kinds that the devices of a request need and may have. */
export const kindRule = (action: Action, family: Family, reading: Reading): KindRule => {
  const families: Partial<Record<Family, PageRule>> = actions[action]
  const page = families[family]
  if (page === undefined || reading === 'permissive') return { required: [], allowed: allKinds }
  const listed = [...page.required, ...page.others]
  if (reading === 'strict') return { required: page.required, allowed: listed }
  // The local pages list two kinds and require both. Other pages are known only in part or contradict each other.
  return { required: page.bySdk ?? page.required, allowed: family === 'local' ? listed : allKinds }
}

/** The parts of a body that tell its family. `kinds` are the identifier kinds of the first device. */
export type FamilyClues = { members: ReadonlySet<string>; kinds: ReadonlySet<string> }

/**
 * Determines the family of a body. Verizon's pages do not always define it: activate and deactivate exist in three
 * families. In that case the documented examples decide, first by their members and then by their identifier kinds.
 */
export const familyOf = (action: Action, clues: FamilyClues): Family => {
  const has = (name: string) => clues.members.has(name)
  switch (action) {
    case 'download':
    case 'profile_suspend':
    case 'profile_resume':
    case 'device_suspend':
    case 'device_resume':
    case 'serviceplan':
      return 'global'
    case 'download_disable':
    case 'disable':
      return 'local'
    case 'download_enable':
    case 'enable':
    case 'delete':
      return has('smsrOid') ? 'local' : 'global'
    case 'activate_enable':
      return 'device'
    case 'renew_activation_code':
      return 'consumer'
    case 'setfallbackattribute':
      return has('carrierName') || !clues.kinds.has('iccid') || !clues.kinds.has('imei') ? 'device' : 'global'
    case 'activate':
      if (['smsrOid', 'smrsOid', 'carrierIpPoolName', 'primaryPlaceOfUse'].some(has)) return 'device'
      if (clues.kinds.has('eid') && clues.kinds.has('imei')) return 'consumer'
      return has('carrierName') ? 'device' : 'global'
    case 'deactivate':
      if (has('carrierName') || has('checkFallbackProfile')) return clues.kinds.has('iccid') ? 'consumer' : 'device'
      return has('servicePlan') || !clues.kinds.has('imei') || clues.kinds.has('iccid') ? 'global' : 'device'
  }
}

export type CallbackService = 'DeviceProfileService' | 'CarrierService'

/** The callback service whose listener receives the results of an action. */
export const callbackService = (action: Action, family: Family): CallbackService => {
  const byCarrier = action === 'activate' || action === 'activate_enable' || action === 'deactivate'
  return byCarrier && family !== 'global' ? 'CarrierService' : 'DeviceProfileService'
}
