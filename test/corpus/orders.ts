import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { ActionName, Family } from '../../lib/profile/order/action-names.ts'

const folder = join(import.meta.dirname, '../fixtures/orders')

const Order = z.strictObject({
  source: z.string(),
  action: ActionName,
  /** The path, if it is not ThingSpace's usual one. */
  path: z.string().optional(),
  body: z.record(z.string(), z.unknown()),
  reading: z.strictObject({ family: Family, warnings: z.array(z.tuple([z.string(), z.string()])) }),
})

/** Request bodies from Verizon's pages and SDKs, each with its expected reading. */
export const orders = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({ file, ...Order.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))) }))
