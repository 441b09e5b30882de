import type { Family } from './action-names.ts'
import type { Action, BodyRule } from './actions.ts'
import { checkKinds, chooseRules, isKnown } from './body-family.ts'
import { bodyFields, checkField, isBodyField } from './body-fields.ts'
import { type BodyFinding, Findings, isRecord, type Notes, step } from './body-faults.ts'
import { checkValues } from './body-values.ts'
import { readDevices } from './device-list.ts'
import type { DeviceShape } from './device-shape.ts'
import type { Device } from './identifiers.ts'
import { nearMiss } from './near-miss.ts'

/** A valid request body. */
export type ProfileBody = {
  family: Family
  /** All families that fit the body equally well, `family` first. */
  families: readonly Family[]
  accountName: string
  /** All other members, forwarded unchanged. */
  fields: Record<string, unknown>
  devices: Device[]
  deviceShape: DeviceShape
}

/** `faults` holds the first 20 faults and `count` counts all. */
export type BodyReading =
  | { kind: 'valid'; body: ProfileBody; warnings: BodyFinding[] }
  | { kind: 'invalid'; faults: BodyFinding[]; count: number }

/**
 * Validates a request body in ThingSpace's format. Content that is certainly wrong is a fault. Verizon's sources
 * contradict each other, so content that no source mentions is only a warning. The gateway stores and sends nothing
 * unless the result is `valid`.
 */
export function readBody(action: Action, value: unknown): BodyReading {
  const notes: Notes = { faults: new Findings(), warnings: new Findings() }
  const { faults, warnings } = notes
  if (!isRecord(value)) {
    faults.add('', 'not-an-object', 'the body must be a JSON object')
    return invalid(faults)
  }
  const { devices: list, ...members } = value
  const read = readDevices(list, faults)
  if (!checkValues(members, faults)) return invalid(faults)

  const { devices, shape } = read
  const rules = chooseRules(action, { names: Object.keys(members), devices })
  const [rule] = rules
  checkMembers({ action, rule, members }, notes)
  checkKinds(rule, read, notes)
  const { accountName, ...fields } = members
  if (faults.count > 0 || typeof accountName !== 'string') return invalid(faults)

  const families = rules.map(({ family }) => family)
  return {
    kind: 'valid',
    body: { family: rule.family, families, accountName, fields, devices, deviceShape: shape },
    warnings: warnings.list,
  }
}

const invalid = (faults: Findings): BodyReading => ({ kind: 'invalid', faults: faults.list, count: faults.count })

/**
 * Whether an unknown member may be a misspelt `smsrOid`. Such a name must not pass with a warning, because this member
 * decides the family.
 */
const mayMeanSmsrOid = (action: Action, name: string): boolean => /^sm(sr|rs)/i.test(name) && isKnown(action, 'smsrOid')

/** Two spellings of the same member. A body with both is ambiguous. */
const spellings = [
  ['etfWaiver', 'etfwaiver'],
  ['smsrOid', 'smrsOid'],
] as const

function checkMembers(
  {
    action,
    rule: { family, fields },
    members,
  }: { action: Action; rule: BodyRule; members: Readonly<Record<string, unknown>> },
  notes: Notes,
): void {
  const { faults, warnings } = notes
  for (const name of fields.required) {
    if (Object.hasOwn(members, name)) continue
    const message = bodyFields[name].safeParse(undefined).error?.issues[0]?.message ?? 'is missing'
    faults.add(step(name), 'required', message)
  }
  const known: ReadonlySet<string> = new Set([...fields.required, ...fields.optional])
  const names = ['devices', ...action.bodies.flatMap((rule) => [...rule.fields.required, ...rule.fields.optional])]
  for (const [name, value] of Object.entries(members)) {
    if (!known.has(name) && isKnown(action, name)) {
      const detail = `not documented for a ${family} request of this action; forwarded unchanged`
      warnings.add(step(name), 'undocumented-member', detail)
    } else if (!known.has(name)) {
      const meant = mayMeanSmsrOid(action, name) ? 'smsrOid' : nearMiss(name, names)
      if (meant !== undefined) {
        faults.add(step(name), 'unknown-member', `${action.name} has no member of this name; did you mean ${meant}?`)
        continue
      }
      warnings.add(step(name), 'unknown-member', 'not documented; forwarded unchanged')
    }
    // Check a known member even if the family does not have it: ThingSpace refuses the same values.
    if (isBodyField(name)) checkField(name, value, notes)
  }
  for (const [one, other] of spellings) {
    if (Object.hasOwn(members, one) && Object.hasOwn(members, other)) {
      faults.add(step(other), 'named-twice', `the body has both ${one} and ${other}, which are the same member`)
    }
  }
}
