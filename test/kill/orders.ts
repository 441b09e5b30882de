import type { ActionName } from '../../lib/profile/order/action-names.ts'
import { actions } from '../../lib/profile/order/actions.ts'
import type { Seeded } from '../simulation/random.ts'
import { createDevices, type OrderedDevice, refusedEndings, unusualEndings, unusualOfDevice } from './devices.ts'

type Kind = keyof OrderedDevice['ids']

/** How to write an action's body. */
type Recipe = { action: ActionName; kinds: readonly Kind[]; fields: Record<string, string>; most: number }

const local = (action: ActionName): Recipe => ({
  action,
  kinds: ['eid', 'iccid'],
  fields: { smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5' },
  most: 300,
})
const global = (action: ActionName, kinds: readonly Kind[] = ['eid', 'iccid']): Recipe => ({
  action,
  kinds,
  fields: { servicePlan: 'Global plan' },
  most: 300,
})
const device = (action: ActionName): Recipe => ({
  action,
  kinds: ['iccid', 'imei'],
  fields: { carrierName: 'Verizon', servicePlan: 'Plan' },
  most: 60,
})

const recipes: readonly Recipe[] = [
  local('download_enable'),
  local('download_enable'),
  local('delete'),
  local('enable'),
  local('disable'),
  global('download'),
  global('serviceplan'),
  global('profile_suspend', ['iccid']),
  { ...global('device_resume', ['eid']), fields: {} },
  device('activate'),
  device('deactivate'),
]

/** An app's order. A device is ordered once per action, so each acceptance belongs to one known order. */
export type Order = {
  number: number
  action: ActionName
  repeatable: boolean
  accountName: string
  devices: readonly OrderedDevice[]
  kinds: readonly Kind[]
  body: object
  /** An app that repeats its call must send a key. */
  idempotencyKey: string | undefined
  caller: 'never repeats' | 'repeats until answered'
}

/** Creates orders of all kinds. */
export function createOrders(random: Seeded, accounts: readonly string[]): () => Order {
  const newDevice = createDevices(random)
  let made = 0
  let recent: Order | undefined

  const devicesFor = ({ action, most }: Recipe): OrderedDevice[] => {
    const unusual = action === 'device_resume' ? unusualOfDevice : unusualEndings
    const isBulk = random.chance(0.12)
    const count = isBulk ? random.between(50, most) : random.chance(0.7) ? 1 : random.between(2, 8)
    const devices = Array.from({ length: count }, () =>
      newDevice(random.chance(isBulk ? 0.08 : 0.35) ? random.pick(unusual) : '9001'),
    )
    // One device makes ThingSpace refuse the whole POST, and must be found.
    if (random.chance(isBulk ? 0.4 : 0.08)) {
      devices[random.below(count)] = newDevice(random.pick(refusedEndings))
    }
    return devices
  }

  /** Sometimes orders the same devices under another action, so that callbacks must be told apart. */
  const sameDevices = ({ action, kinds }: Recipe): Order | undefined =>
    recent !== undefined && recent.action !== action && recent.kinds === kinds && random.chance(0.5)
      ? recent
      : undefined

  return () => {
    made += 1
    const recipe = random.pick(recipes)
    const { action, kinds, fields } = recipe
    const again = sameDevices(recipe)
    const devices = again?.devices ?? devicesFor(recipe)
    const accountName = again?.accountName ?? random.pick(accounts)
    const repeats = random.chance(0.6)
    const order: Order = {
      number: made,
      action,
      repeatable: actions[action].repeatable,
      accountName,
      devices,
      kinds,
      body: {
        accountName,
        ...fields,
        devices: devices.map(({ ids }) => ({ deviceIds: kinds.map((kind) => ({ kind, id: ids[kind] })) })),
      },
      idempotencyKey: repeats || random.chance(0.3) ? `order-${made}` : undefined,
      caller: repeats ? 'repeats until answered' : 'never repeats',
    }
    recent = again === undefined ? order : undefined
    return order
  }
}
