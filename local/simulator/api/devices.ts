import * as z from 'zod'
import { type Action, type Family, kindRule, type Reading } from '../actions.ts'
import { fitsKind, type Identifier, readKind } from '../identifiers.ts'
import { magicOutcome } from '../magic-identifiers.ts'
import { Refused } from './refused.ts'

const Ids = z.array(z.looseObject({ kind: z.string(), id: z.string() })).min(1)
type Ids = z.infer<typeof Ids>

/** The form of devices on Verizon's pages. */
const Pages = z.array(z.looseObject({ deviceIds: Ids })).min(1)
/** The forms in Verizon's SDKs: also `ids` in deactivate, and arrays of arrays or one flat list in set-fallback. */
const Sdks = z.union([
  z.array(z.union([z.looseObject({ deviceIds: Ids }), z.looseObject({ ids: Ids })])).min(1),
  z.array(Ids).min(1),
  Ids,
])

/** Schemas for the member `devices`, in all forms that a reading accepts. */
export const Devices = { permissive: Sdks, documented: Sdks, strict: Pages } as const satisfies Record<
  Reading,
  z.ZodType
>

/** Returns the identifiers of each device, in any known form. Returns an empty list for an unknown form. */
export const identifiersOf = (devices: unknown): Ids[] => {
  const flat = Ids.safeParse(devices)
  if (flat.success) return [flat.data]
  return z
    .array(z.unknown())
    .catch([])
    .parse(devices)
    .map((device) => {
      const list = Ids.safeParse(device)
      if (list.success) return list.data
      const named = z.looseObject({ deviceIds: Ids.optional(), ids: Ids.optional() }).safeParse(device)
      return named.success ? (named.data.deviceIds ?? named.data.ids ?? []) : []
    })
}

type DeviceRules = { action: Action; family: Family; reading: Reading }

/** Checks the identifiers of one device. Throws `Refused` with the error code that ThingSpace would return. */
export const checkDevice = (ids: Ids, { action, family, reading }: DeviceRules): Identifier[] => {
  const rule = kindRule(action, family, reading)
  const asked = ids.map(({ kind: spelling, id }) => {
    const kind = readKind(spelling)
    if (kind === undefined || !rule.allowed.includes(kind)) {
      throw new Refused('INPUT_INVALID.Device.Kind.Invalid', spelling)
    }
    const identifier = { kind, id }
    // ThingSpace names neither the device nor its position in the request, so do not name them here.
    if (!fitsKind(identifier)) throw new Refused('INPUT_INVALID.Device.Identifier.Invalid')
    return identifier
  })
  const missing = rule.required.find((kind) => !asked.some((identifier) => identifier.kind === kind))
  if (missing !== undefined) throw new Refused('DeserializationFailed', `a device without ${missing}`)
  const outcome = magicOutcome(asked)
  if (outcome.kind === 'refused') throw new Refused(outcome.code)
  return asked
}
