import * as z from 'zod'
import { type Action, type Family, kindRule, type Reading } from '../actions.ts'
import { fitsKind, type Identifier, readKind } from '../identifiers.ts'
import { magicOutcome } from '../magic-identifiers.ts'
import { Refused } from './refused.ts'

const Ids = z.array(z.looseObject({ kind: z.string(), id: z.string() })).min(1)
type Ids = z.infer<typeof Ids>

/** As the pages write devices. */
const Pages = z.array(z.looseObject({ deviceIds: Ids })).min(1)
/** As Verizon's SDKs write them as well: `ids` in deactivate, arrays of arrays or one flat list in set-fallback. */
const Sdks = z.union([
  z.array(z.union([z.looseObject({ deviceIds: Ids }), z.looseObject({ ids: Ids })])).min(1),
  z.array(Ids).min(1),
  Ids,
])

/** What stands in the member `devices`, in any way in which some source writes it. */
export const Devices = { permissive: Sdks, documented: Sdks, strict: Pages } as const satisfies Record<
  Reading,
  z.ZodType
>

/** The identifiers of each device, however they are written; nothing if they are written in no known way. */
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

/** Checks the identifiers of one device; throws what ThingSpace would answer. */
export const checkDevice = (ids: Ids, action: Action, family: Family, reading: Reading): Identifier[] => {
  const rule = kindRule(action, family, reading)
  const asked = ids.map(({ kind: spelling, id }) => {
    const kind = readKind(spelling)
    if (kind === undefined || !rule.allowed.includes(kind)) {
      throw new Refused('INPUT_INVALID.Device.Kind.Invalid', spelling)
    }
    const identifier = { kind, id }
    // Neither the device nor its place in the request is named, as ThingSpace does not name them either.
    if (!fitsKind(identifier)) throw new Refused('INPUT_INVALID.Device.Identifier.Invalid')
    return identifier
  })
  const missing = rule.required.find((kind) => !asked.some((identifier) => identifier.kind === kind))
  if (missing !== undefined) throw new Refused('DeserializationFailed', `a device without ${missing}`)
  const outcome = magicOutcome(asked)
  if (outcome.kind === 'refused') throw new Refused(outcome.code)
  return asked
}
