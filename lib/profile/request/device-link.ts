import * as z from 'zod/mini'
import { ActionName } from '../order/action-names.ts'
import { Identifier } from '../order/identifiers.ts'
import type { Page, PageCall } from '../ports.ts'
import { Instant } from './stored-values.ts'

/**
 * A link from an identifier of a device to a request. It answers which requests concern a device: for the device
 * history of the API, and to match callbacks with submissions whose response was lost.
 */
export const DeviceLink = z.object({
  identifier: Identifier,
  /** Set if only a result of the request named the device. Such links serve the history and never the matching. */
  namedBy: z.optional(z.enum(['result'])),
  requestId: z.string(),
  /** The request's generation. Links are written first, so the request may be missing or have another generation. */
  generation: z.string(),
  /** The position of the device in the request. */
  position: z.int().check(z.nonnegative()),
  accountName: z.string(),
  action: ActionName,
  createdAt: Instant,
})
export type DeviceLink = z.infer<typeof DeviceLink>

/** Links from devices to requests. */
export type DeviceStore = {
  /**
   * Writes links. Their retention starts at `keptFrom` (epoch milliseconds), or else when their request was created.
   */
  writeLinks(links: readonly DeviceLink[], keptFrom?: number): Promise<void>
  /**
   * Lists the links of one identifier (by `identifierKey`), newest first. `namedBy` selects the requests that ordered
   * the device (the default), or those whose results alone named it.
   */
  listLinks(identifierKey: string, page: PageCall, namedBy?: 'order' | 'result'): Promise<Page<DeviceLink>>
  /** The cursor that continues a list after this link. */
  cursorBehindLink(link: Pick<DeviceLink, 'identifier' | 'createdAt' | 'requestId' | 'position' | 'generation'>): string
}
