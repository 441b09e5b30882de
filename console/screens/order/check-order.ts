import { ActionName } from '../../../lib/profile/order/action-names.ts'
import { type Action, actions } from '../../../lib/profile/order/actions.ts'
import { bodyFields, isBodyField } from '../../../lib/profile/order/body-fields.ts'
import { readBody } from '../../../lib/profile/order/read-body.ts'
import '../../../lib/profile/order/schema-messages.ts'
import { readDeviceLines } from './device-lines.ts'
import type { Draft } from './draft.ts'

/** Something that is wrong with an order: at which line of the devices, or which member. */
export type Fault = { where: string; detail: string }

export type CheckedOrder = {
  action: Action
  body: { accountName: string; devices: unknown[]; [member: string]: unknown }
  devices: number
  family: string | undefined
  faults: readonly Fault[]
  /** All faults, of which `faults` has the first. */
  faultCount: number
  warnings: readonly Fault[]
}

const actionOf = (name: string): Action => {
  const known = ActionName.safeParse(name)
  return actions[known.success ? known.data : 'download_enable']
}

/** The members that an action may have in any of its families, beside the account and the devices. */
export function membersOf({ bodies }: Action): { name: string; isRequired: boolean }[] {
  const names = new Set(bodies.flatMap(({ fields }) => [...fields.required, ...fields.optional]))
  return [...names]
    .filter(
      (name) => name !== 'accountName' && name !== 'smrsOid' && name !== 'etfwaiver' && name !== 'primaryPlaceOfUse',
    )
    .map((name) => ({ name, isRequired: bodies.every(({ fields }) => fields.required.includes(name)) }))
}

/** Whether a member is true or false rather than a text. */
export const isFlag = (name: string): boolean => isBodyField(name) && bodyFields[name].safeParse(true).success

/** Checks an order with the same code as the gateway, before anything is sent. */
export function checkOrder(draft: Draft, accountName: string): CheckedOrder {
  const action = actionOf(draft.action)
  const lines = readDeviceLines(draft.devices)
  const known = new Set(membersOf(action).map(({ name }) => name))
  const members = Object.entries(draft.members)
    .filter(([name, value]) => known.has(name) && value !== '')
    .map(([name, value]) => [name, isFlag(name) ? value === 'true' : value])
  const readable = lines.filter(({ fault }) => fault === undefined)
  const body = { accountName, ...Object.fromEntries(members), devices: readable.map(({ ids }) => ({ deviceIds: ids })) }
  const unread = lines.flatMap(({ line, fault }) =>
    fault === undefined ? [] : [{ where: `Line ${line}`, detail: fault }],
  )
  const placed = (pointer: string): string => {
    const [, member = '', index] = pointer.split('/')
    const line = member === 'devices' && index !== undefined ? readable[Number(index)]?.line : undefined
    return line === undefined ? member : `Line ${line}`
  }
  const reading = readBody(action, body)
  const found = (list: readonly { pointer: string; detail: string }[]) =>
    list.map(({ pointer, detail }) => ({ where: placed(pointer), detail: linesIn(detail, placed) }))
  const faults = [...unread, ...(reading.kind === 'invalid' ? found(reading.faults) : [])]
  return {
    action,
    body,
    devices: readable.length,
    family: reading.kind === 'valid' ? reading.body.family : undefined,
    faults: faults.slice(0, 20),
    faultCount: unread.length + (reading.kind === 'invalid' ? reading.count : 0),
    warnings: reading.kind === 'valid' ? found(reading.warnings) : [],
  }
}

/** Replaces the pointers to other devices in a message by their lines. */
const linesIn = (detail: string, placed: (pointer: string) => string): string =>
  detail.replaceAll(/\/devices\/\d+/g, (pointer) => placed(pointer).toLowerCase())
