import type { DeviceLink, DeviceStore } from '../../profile/request/device-link.ts'
import { type Identifier } from '../../profile/order/identifiers.ts'
import { type Caller, mayUse } from '../caller.ts'
import { linksInEverySpelling } from './every-spelling.ts'

/** How many pages one call reads at most while it looks for the caller's own links. */
const mostPages = 40
/** How many links one such page holds. */
const searchSize = 1000
/**
 * A full page of the links that the caller may see, newest first. `cursor` continues behind the last link of the page,
 * so it holds nothing of another account, and it is absent if no further own link exists. Throws if `mostPages` pages
 * hold no own link at all, which only a flood of orders for one device can cause.
 */
export async function ownLinks(
  identifier: Identifier,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  caller: Caller,
  store: Pick<DeviceStore, 'listLinks' | 'cursorBehindLink'>,
): Promise<{ rows: DeviceLink[]; cursor?: string }> {
  const found: DeviceLink[] = []
  let position = cursor
  let pages = 0
  do {
    const size = pages === 0 ? limit + 1 : searchSize
    const call = { limit: size, ...(position === undefined ? {} : { cursor: position }) }
    const page = await linksInEverySpelling(identifier, call, store)
    pages += 1
    found.push(...page.rows.filter(({ accountName }) => mayUse(caller, accountName)))
    const last = page.rows.at(-1)
    // A foreign request may hold thousands of profiles of one card. Links come in falling order of positions, so the
    // search continues behind its position 0.
    position =
      page.cursor === undefined || last === undefined || mayUse(caller, last.accountName)
        ? page.cursor
        : store.cursorBehindLink({ ...last, position: 0 })
  } while (position !== undefined && found.length <= limit && pages < mostPages)

  const rows = found.slice(0, limit)
  const [last] = rows.slice(-1)
  const isEnd = position === undefined && found.length <= limit
  if (last !== undefined) return isEnd ? { rows } : { rows, cursor: store.cursorBehindLink(last) }
  if (isEnd) return { rows }
  throw new Error(`no link of the caller among ${mostPages} pages of links of one device`)
}
