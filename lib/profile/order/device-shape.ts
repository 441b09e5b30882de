import * as z from 'zod/mini'
import type { Device } from './identifiers.ts'

/**
 * How a body writes its devices:
 * - `deviceIds`: `[{"deviceIds": [...]}]`, as on Verizon's pages.
 * - `ids`, `lists`, `flat`: `[{"ids": [...]}]`, `[[...]]`, and `[...]` for a single device, as in Verizon's SDKs.
 */
export const DeviceShape = z.enum(['deviceIds', 'ids', 'lists', 'flat'])
export type DeviceShape = z.infer<typeof DeviceShape>

/** Writes the member `devices` in the shape that the app used. Kinds are in lower case, as in ThingSpace's requests. */
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
