import type { Action, BodyRule } from './actions.ts'
import type { Notes } from './body-faults.ts'
import type { DeviceList } from './device-list.ts'
import type { Device } from './identifiers.ts'

const allows = ({ fields }: BodyRule, name: string): boolean =>
  [...fields.required, ...fields.optional].some((field) => field === name)

/** Whether any family of the action has a member of this name. */
export const isKnown = (action: Action, name: string): boolean => action.bodies.some((rule) => allows(rule, name))

/** What decides the family of a body: the names of its members (without `devices`), and its devices. */
type BodyContent = { names: readonly string[]; devices: readonly Device[] }

/** How badly a family fits a body, the most important difference first. */
type Misfit = readonly [missingMembers: number, missingKinds: number, foreignMembers: number, foreignKinds: number]

function misfitOf(rule: BodyRule, action: Action, { names, devices }: BodyContent): Misfit {
  const foreignKinds = new Set<string>()
  let isKindMissing = false
  for (const device of devices) {
    if (rule.requiredKinds.some((required) => !device.some(({ kind }) => kind === required))) isKindMissing = true
    for (const { kind } of device) if (!rule.documentedKinds.includes(kind)) foreignKinds.add(kind)
  }
  return [
    // All families require accountName, so its absence does not tell them apart.
    rule.fields.required.filter((name) => name !== 'accountName' && !names.includes(name)).length,
    isKindMissing ? 1 : 0,
    names.filter((name) => isKnown(action, name) && !allows(rule, name)).length,
    foreignKinds.size,
  ]
}

function compare(one: Misfit, other: Misfit): number {
  const index = one.findIndex((value, position) => value !== other[position])
  return index === -1 ? 0 : (one[index] ?? 0) - (other[index] ?? 0)
}

/**
 * Finds the families that fit a body best, in the order of the catalogue. The first one is reported as its family.
 * Several mean that Verizon's sources do not tell them apart. Limits must then be valid for all of them.
 */
export function chooseRules(action: Action, body: BodyContent): [BodyRule, ...BodyRule[]] {
  const [first, ...others] = action.bodies
  if (first === undefined) throw new Error(`${action.name} has no body`)
  let least = misfitOf(first, action, body)
  let best: [BodyRule, ...BodyRule[]] = [first]
  for (const rule of others) {
    const misfit = misfitOf(rule, action, body)
    const order = compare(misfit, least)
    if (order === 0) best.push(rule)
    if (order >= 0) continue
    least = misfit
    best = [rule]
  }
  return best
}

/**
 * Checks the identifier kinds of all devices against a family. Missing and forbidden kinds are faults. An undocumented
 * kind is one warning, at the first device that has it.
 */
export function checkKinds(rule: BodyRule, { devices, pointerOf }: DeviceList, { faults, warnings }: Notes): void {
  const warned = new Set<string>()
  devices.forEach((device, index) => {
    // readDevices has already reported an empty device.
    if (device.length === 0) return
    for (const required of rule.requiredKinds) {
      if (!device.some(({ kind }) => kind === required)) {
        faults.add(pointerOf(index), 'missing-identifier', `this request needs an identifier '${required}' per device`)
      }
    }
    for (const { kind } of device) {
      if (!rule.kinds.includes(kind)) {
        const allowed = rule.kinds.map((each) => `'${each}'`).join(', ')
        const detail = `identifier kind '${kind}' is not allowed in a ${rule.family} request; use ${allowed}`
        faults.add(pointerOf(index), 'wrong-identifier-kind', detail)
      } else if (!rule.documentedKinds.includes(kind) && !warned.has(kind)) {
        warned.add(kind)
        const detail = `Verizon does not document identifier kind '${kind}' for this action; forwarded unchanged`
        warnings.add(pointerOf(index), 'undocumented-kind', detail)
      }
    }
  })
}
