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

export type ProfileBody = {
  family: Family
  /** Every family that the body may be of, the one it is called by first. */
  families: readonly Family[]
  accountName: string
  /** All other members, forwarded as they came. */
  fields: Record<string, unknown>
  devices: Device[]
  deviceShape: DeviceShape
}

export type BodyReading =
  | { kind: 'valid'; body: ProfileBody; warnings: BodyFinding[] }
  | { kind: 'invalid'; faults: BodyFinding[]; count: number }

/**
 * Reads ThingSpace's own request body of an action. Refuses what is certainly wrong; Verizon's sources contradict one
 * another, so what none of them names is accepted with a warning. Pure; nothing is stored or sent before it says `valid`.
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
  const rules = chooseRules(action, Object.keys(members), devices)
  const [rule] = rules
  checkMembers(action, rule, members, notes)
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

/** Alone of all members `smsrOid` decides which family a body is of, so that no other spelling of it may go unnoticed. */
const mayMeanSmsrOid = (action: Action, name: string): boolean => /^sm(sr|rs)/i.test(name) && isKnown(action, 'smsrOid')

/** Spellings of one member; a body that has both says two things. */
const spellings = [
  ['etfWaiver', 'etfwaiver'],
  ['smsrOid', 'smrsOid'],
] as const

function checkMembers(
  action: Action,
  { family, fields }: BodyRule,
  members: Readonly<Record<string, unknown>>,
  { faults, warnings }: Notes,
): void {
  for (const name of fields.required) {
    if (Object.hasOwn(members, name)) continue
    const message = bodyFields[name].safeParse(undefined).error?.issues[0]?.message ?? 'is missing'
    faults.add(step(name), 'required', message)
  }
  const known: ReadonlySet<string> = new Set([...fields.required, ...fields.optional])
  const names = ['devices', ...action.bodies.flatMap((rule) => [...rule.fields.required, ...rule.fields.optional])]
  for (const [name, value] of Object.entries(members)) {
    if (!known.has(name) && isKnown(action, name)) {
      const detail = `not documented for a ${family} request of this action; sent as it came`
      warnings.add(step(name), 'undocumented-member', detail)
    } else if (!known.has(name)) {
      const meant = mayMeanSmsrOid(action, name) ? 'smsrOid' : nearMiss(name, names)
      if (meant !== undefined) {
        faults.add(step(name), 'unknown-member', `${action.name} has no member of this name; did you mean ${meant}?`)
        continue
      }
      warnings.add(step(name), 'unknown-member', 'not documented; sent as it came')
    }
    // A member means the same wherever it stands, and ThingSpace refuses the same values of it.
    if (isBodyField(name)) checkField(name, value, faults, warnings)
  }
  for (const [one, other] of spellings) {
    if (Object.hasOwn(members, one) && Object.hasOwn(members, other)) {
      faults.add(step(other), 'named-twice', `the body has ${one} and ${other}, two spellings of one member`)
    }
  }
}
