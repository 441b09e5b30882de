import * as z from 'zod/mini'
import type { Page, PageCall } from '../ports.ts'
import { ActionName } from '../order/action-names.ts'
import { Identifier } from '../order/identifiers.ts'
import { Instant } from './stored-values.ts'

/** A link from a device to a request that named it. */
export const DeviceLink = z.object({
  identifier: Identifier,
  /** Set where only a result named the device so. Such a link says nothing of who was ordered: histories alone read it. */
  namedBy: z.optional(z.enum(['result'])),
  requestId: z.string(),
  /** A link is written before its request, so it may lead to a request that was never stored, or to an older one. */
  generation: z.string(),
  position: z.int().check(z.nonnegative()),
  accountName: z.string(),
  action: ActionName,
  createdAt: Instant,
})
export type DeviceLink = z.infer<typeof DeviceLink>

export type DeviceStore = {
  /** They are kept from the creation of their request on, or from a later moment. */
  writeLinks(links: readonly DeviceLink[], keptFrom?: number): Promise<void>
  /**
   * The links of one device by the key of one of its identifiers, newest first: those of the orders that named it, or
   * those of the requests whose results alone did.
   */
  listLinks(identifierKey: string, page: PageCall, namedBy?: 'order' | 'result'): Promise<Page<DeviceLink>>
  /** The cursor that goes on behind one link of a device's list. */
  cursorBehindLink(link: Pick<DeviceLink, 'identifier' | 'createdAt' | 'requestId' | 'position' | 'generation'>): string
}
