import type * as z from 'zod/mini'
import type { Family } from './action-names.ts'
import type { Action } from './actions.ts'
import { checkKinds, chooseRule } from './body-family.ts'
import { bodySchema } from './body-fields.ts'
import { type BodyFault, Faults, isRecord, step } from './body-faults.ts'
import { readDevices } from './device-list.ts'
import type { Device } from './identifiers.ts'
import './schema-messages.ts'

export type ProfileBody = {
  family: Family
  accountName: string
  fields: Record<string, unknown>
  devices: Device[]
}

export type BodyReading = { kind: 'valid'; body: ProfileBody } | { kind: 'invalid'; faults: BodyFault[]; count: number }

/**
 * Reads ThingSpace's own request body of an action. Pure; nothing is stored or sent before it says `valid`.
 */
export function readBody(action: Action, value: unknown): BodyReading {
  const faults = new Faults()
  if (!isRecord(value)) {
    faults.add('', 'not-an-object', 'the body must be a JSON object')
    return invalid(faults)
  }
  const { devices: list, ...members } = value
  const devices = readDevices(list, faults)
  const rule = chooseRule(action, Object.keys(members), members, devices, faults)
  if (rule === undefined) return invalid(faults)

  const fields = bodySchema(rule.fields).safeParse(members, { reportInput: true })
  if (!fields.success) for (const issue of fields.error.issues) addIssue(issue, faults)
  checkKinds(rule, devices, faults)
  if (!fields.success || faults.count > 0) return invalid(faults)

  const { accountName, ...others } = fields.data
  // The schema of every family requires it; this only tells the compiler so.
  if (typeof accountName !== 'string') throw new Error('a body rule without accountName')
  return { kind: 'valid', body: { family: rule.family, accountName, fields: others, devices } }
}

const invalid = (faults: Faults): BodyReading => ({ kind: 'invalid', faults: faults.list, count: faults.count })

function addIssue(issue: z.core.$ZodIssue, faults: Faults): void {
  const pointer = issue.path.map(step).join('')
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) faults.add(pointer + step(key), 'unknown-member', 'no member of this name')
  } else {
    const missing = issue.code === 'invalid_type' && issue.input === undefined
    faults.add(pointer, missing ? 'required' : 'invalid', issue.message)
  }
}
