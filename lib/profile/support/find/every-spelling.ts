import { type Identifier, isSameIdentifier, lookUpKeys } from '../../order/identifiers.ts'
import type { Page, PageCall } from '../../ports.ts'
import type { DeviceLink, DeviceStore } from '../../request/device-link.ts'

/**
 * Lists the links of a device in any spelling of its identifier, from orders and from results. Newest first, each
 * position of a request once. All lists use the same cursors. A page ends at the newest position at which any list has
 * more, because that list may have newer links than the others behind it.
 */
export async function linksInEverySpelling(
  identifier: Identifier,
  page: PageCall,
  store: Pick<DeviceStore, 'listLinks' | 'cursorBehindLink'>,
): Promise<Page<DeviceLink>> {
  const lists = lookUpKeys([identifier]).flatMap((key) => [
    { key, namedBy: 'order' as const },
    { key, namedBy: 'result' as const },
  ])
  const pages = await Promise.all(lists.map(({ key, namedBy }) => store.listLinks(key, page, namedBy)))
  const found = new Map<string, DeviceLink>()
  for (const link of pages.flatMap(({ rows }) => rows)) {
    // IMEIs that differ only in their check digits share the key of the IMEI without one.
    if (isSameIdentifier(link.identifier, identifier)) found.set(store.cursorBehindLink(link), link)
  }
  const end = pages
    .flatMap(({ cursor }) => cursor ?? [])
    .toSorted()
    .at(-1)
  const places = [...found.keys()]
    .filter((place) => end === undefined || place >= end)
    .toSorted()
    .toReversed()
  const shown = places.slice(0, page.limit)
  const cursor = shown.length < places.length ? shown.at(-1) : end
  const rows = shown.flatMap((place) => found.get(place) ?? [])
  return cursor === undefined ? { rows } : { rows, cursor }
}
