import type { Action, BodyRule } from './actions.ts'
import type { Notes } from './body-faults.ts'
import type { DeviceList } from './device-list.ts'
import type { Device } from './identifiers.ts'

const knows = ({ fields }: BodyRule, name: string): boolean =>
  [...fields.required, ...fields.optional].some((field) => field === name)

/** Whether any family of the action has a member of this name. */
export const isKnown = (action: Action, name: string): boolean => action.bodies.some((rule) => knows(rule, name))

/** How badly a family fits a body, the gravest misfit first. */
type Misfit = readonly [missingMembers: number, missingKinds: number, foreignMembers: number, foreignKinds: number]

function misfitOf(rule: BodyRule, action: Action, names: readonly string[], devices: readonly Device[]): Misfit {
  const foreignKinds = new Set<string>()
  let lacking = 0
  for (const device of devices) {
    if (rule.requiredKinds.some((required) => !device.some(({ kind }) => kind === required))) lacking += 1
    for (const { kind } of device) if (!rule.documentedKinds.includes(kind)) foreignKinds.add(kind)
  }
  return [
    // Every family needs the account's name: its absence tells nothing.
    rule.fields.required.filter((name) => name !== 'accountName' && !names.includes(name)).length,
    lacking === 0 ? 0 : 1,
    names.filter((name) => isKnown(action, name) && !knows(rule, name)).length,
    foreignKinds.size,
  ]
}

function compare(one: Misfit, other: Misfit): number {
  const index = one.findIndex((value, position) => value !== other[position])
  return index === -1 ? 0 : (one[index] ?? 0) - (other[index] ?? 0)
}

/**
 * The families that fit a body best, in the catalogue's order: the first is what it is called. More than one means that
 * Verizon's sources do not tell them apart, so that whatever depends on the family must suit all of them.
 */
export function chooseRules(
  action: Action,
  names: readonly string[],
  devices: readonly Device[],
): [BodyRule, ...BodyRule[]] {
  const [first, ...others] = action.bodies
  if (first === undefined) throw new Error(`${action.name} has no body`)
  let least = misfitOf(first, action, names, devices)
  let best: [BodyRule, ...BodyRule[]] = [first]
  for (const rule of others) {
    const misfit = misfitOf(rule, action, names, devices)
    const order = compare(misfit, least)
    if (order === 0) best.push(rule)
    if (order >= 0) continue
    least = misfit
    best = [rule]
  }
  return best
}

/**
 * Notes every device whose identifiers are not those that the family needs, and the first identifier of each kind that
 * no page lists for it.
 */
export function checkKinds(rule: BodyRule, { devices, pointerOf }: DeviceList, { faults, warnings }: Notes): void {
  const warned = new Set<string>()
  devices.forEach((device, index) => {
    // An empty device has been reported already.
    if (device.length === 0) return
    for (const required of rule.requiredKinds) {
      if (!device.some(({ kind }) => kind === required)) {
        faults.add(pointerOf(index), 'missing-identifier', `this request needs an identifier '${required}' per device`)
      }
    }
    for (const { kind } of device) {
      if (!rule.kinds.includes(kind)) {
        const allowed = rule.kinds.map((each) => `'${each}'`).join(', ')
        const detail = `identifier kind '${kind}' is not allowed in a ${rule.family} request; allowed are ${allowed}`
        faults.add(pointerOf(index), 'wrong-identifier-kind', detail)
      } else if (!rule.documentedKinds.includes(kind) && !warned.has(kind)) {
        warned.add(kind)
        const detail = `Verizon's page lists no identifier kind '${kind}' for this action; sent as it came`
        warnings.add(pointerOf(index), 'undocumented-kind', detail)
      }
    }
  })
}
