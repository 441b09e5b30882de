import * as z from 'zod/mini'
import type { Device } from './identifiers.ts'

/**
 * How a body writes its devices. The pages have `{"deviceIds": [...]}`; Verizon's SDKs also write `{"ids": [...]}`, a
 * list of identifiers for each device, and for a single device its identifiers without anything around them.
 */
export const DeviceShape = z.enum(['deviceIds', 'ids', 'lists', 'flat'])
export type DeviceShape = z.infer<typeof DeviceShape>

/** The member `devices` as it was written, kinds in ThingSpace's own lower case. */
export function writeDevices(devices: readonly Device[], shape: DeviceShape = 'deviceIds'): unknown[] {
  const lists = devices.map((device) => device.map(({ id, kind }) => ({ id, kind })))
  switch (shape) {
    case 'deviceIds':
      return lists.map((deviceIds) => ({ deviceIds }))
    case 'ids':
      return lists.map((ids) => ({ ids }))
    case 'lists':
      return lists
    case 'flat':
      return lists.flat()
  }
}
