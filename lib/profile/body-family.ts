import type { Action, BodyRule } from './actions.ts'
import { type Faults, step } from './body-faults.ts'
import { bodySchema } from './body-fields.ts'
import type { Device } from './identifiers.ts'

const admitsDevice = (rule: BodyRule, device: Device): boolean =>
  device.every(({ kind }) => rule.kinds.includes(kind)) &&
  rule.requiredKinds.every((required) => device.some(({ kind }) => kind === required))

/** The family of a body: the first whose members and kinds of identifiers admit it. Nothing, and a fault, if none does. */
export function chooseRule(
  action: Action,
  names: string[],
  members: Record<string, unknown>,
  devices: readonly Device[],
  faults: Faults,
): BodyRule | undefined {
  const knows = (rule: BodyRule, name: string) =>
    [...rule.fields.required, ...rule.fields.optional].some((field) => field === name)
  const marked = (rule: BodyRule) => rule.markedBy === undefined || members[rule.markedBy.field] === rule.markedBy.value
  const byMembers = action.bodies.filter((rule) => names.every((name) => knows(rule, name)) && marked(rule))
  const complete = byMembers.filter((rule) => bodySchema(rule.fields).safeParse(members).success)
  const candidates = complete.length > 0 ? complete : byMembers
  if (candidates.length > 0) {
    const admits = (count: number) => (rule: BodyRule) =>
      devices.length > 0 && devices.slice(0, count).every((device) => admitsDevice(rule, device))
    // Where no family admits them all, the first device decides, and the others' kinds are reported against it.
    return candidates.find(admits(devices.length)) ?? candidates.find(admits(1)) ?? candidates[0]
  }
  const earlier = faults.count
  for (const name of names) {
    if (action.bodies.some((rule) => knows(rule, name))) continue
    faults.add(step(name), 'unknown-member', `${action.name} has no member of this name`)
  }
  if (faults.count === earlier) reportMixture(action, names, knows, faults)
  return undefined
}

/** Every member is known, but to different families: names the first one that does not go with those before it. */
function reportMixture(
  action: Action,
  names: string[],
  knows: (rule: BodyRule, name: string) => boolean,
  faults: Faults,
): void {
  let fitting = action.bodies
  for (const name of names) {
    const narrowed = fitting.filter((rule) => knows(rule, name))
    if (narrowed.length === 0) {
      const families = fitting.map((rule) => rule.family).join(' or ')
      return faults.add(`/${name}`, 'families-mixed', `does not go with the ${families} members before it`)
    }
    fitting = narrowed
  }
  faults.add('', 'families-mixed', 'the members belong to different kinds of request')
}

/** Notes every device whose identifiers are not those that the family needs. */
export function checkKinds(rule: BodyRule, devices: Device[], faults: Faults): void {
  devices.forEach((device, index) => {
    // An empty device has been reported already.
    if (device.length === 0) return
    const pointer = `/devices/${index}/deviceIds`
    for (const required of rule.requiredKinds) {
      if (!device.some(({ kind }) => kind === required)) {
        faults.add(pointer, 'missing-identifier', `this request needs an ${required.toUpperCase()} of every device`)
      }
    }
    device.forEach(({ kind }) => {
      if (!rule.kinds.includes(kind)) {
        faults.add(
          pointer,
          'wrong-identifier-kind',
          `an ${kind.toUpperCase()} has no place in this ${rule.family} request`,
        )
      }
    })
  })
}
