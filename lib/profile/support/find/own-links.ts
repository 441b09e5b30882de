import type { Identifier } from '../../order/identifiers.ts'
import type { DeviceLink, DeviceStore } from '../../request/device-link.ts'
import { linksInEverySpelling } from './every-spelling.ts'

/** Whether the reader may see things of an account. */
export type MayUse = (accountName: string) => boolean

/** Most pages that one call reads to find the reader's own links. */
const mostPages = 40
/** Links in one such page. */
const searchSize = 1000

/**
 * Reads a full page of the links that the reader may see, newest first. `cursor` continues after the last link of the
 * page, so it reveals nothing of other accounts. It is absent if there is no further own link. Throws if `mostPages`
 * pages hold no own link, which only a flood of orders for one device can cause.
 */
export async function ownLinks(
  identifier: Identifier,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  { mayUse, store }: { mayUse: MayUse; store: Pick<DeviceStore, 'listLinks' | 'cursorBehindLink'> },
): Promise<{ rows: DeviceLink[]; cursor?: string }> {
  const found: DeviceLink[] = []
  let position = cursor
  let pages = 0
  do {
    const size = pages === 0 ? limit + 1 : searchSize
    const call = { limit: size, ...(position === undefined ? {} : { cursor: position }) }
    const page = await linksInEverySpelling(identifier, call, store)
    pages += 1
    found.push(...page.rows.filter(({ accountName }) => mayUse(accountName)))
    const last = page.rows.at(-1)
    // A request of another account may name one card with thousands of profiles. Its links come in descending
    // positions, so the search skips to its position 0.
    position =
      page.cursor === undefined || last === undefined || mayUse(last.accountName)
        ? page.cursor
        : store.cursorBehindLink({ ...last, position: 0 })
  } while (position !== undefined && found.length <= limit && pages < mostPages)

  const rows = found.slice(0, limit)
  const [last] = rows.slice(-1)
  const isEnd = position === undefined && found.length <= limit
  if (last !== undefined) return isEnd ? { rows } : { rows, cursor: store.cursorBehindLink(last) }
  if (isEnd) return { rows }
  throw new Error(`the first ${mostPages} pages of a device's links hold no link of the reader`)
}
