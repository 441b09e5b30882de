import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type * as z from 'zod/mini'
import { call } from '../api/call.ts'
import type { Failure } from '../api/failure.ts'

type Page<Item> = { items: readonly Item[]; nextCursor: string | null }

type Options<Item> = {
  path: string
  schema: z.ZodMiniType<Page<Item>>
  first: Page<Item>
  /** Names an item. Its other members may change. */
  nameOf: (item: Item) => string
}

/** The items of a list: a first page that is watched, and further pages that were asked for. */
export function usePages<Item>({ path, schema, first, nameOf }: Options<Item>) {
  const cursor = useSignal<string | null | undefined>(undefined)
  const failure = useSignal<Failure | undefined>(undefined)
  const isLoading = useSignal(false)
  /** All items as they were last shown, once a further page has been read. */
  const shown = useRef<readonly Item[]>([])
  const isWhole = first.nextCursor === null
  const items = isWhole ? first.items : [...first.items, ...after(first.items, shown.current, nameOf)]
  if (cursor.value !== undefined) shown.current = items
  const next = isWhole || cursor.value === undefined ? first.nextCursor : cursor.value
  const more = async (): Promise<void> => {
    if (next === null || isLoading.value) return
    isLoading.value = true
    const reply = await call(`${path}&cursor=${encodeURIComponent(next)}`, schema)
    isLoading.value = false
    failure.value = reply.kind === 'failed' ? reply.failure : undefined
    if (reply.kind !== 'answer') return
    // The new page continues the first one as it was when it was asked for.
    shown.current = [...(cursor.value === undefined ? first.items : shown.current), ...reply.value.items]
    cursor.value = reply.value.nextCursor
  }
  return { items, hasMore: next !== null, isLoading: isLoading.value, failure: failure.value, more }
}

/**
 * What was shown after the first page. The first page changes: what was shown before its last item is on it or is gone,
 * and what newer items have pushed out of it comes after its last item.
 */
function after<Item>(first: readonly Item[], shown: readonly Item[], nameOf: (item: Item) => string): Item[] {
  const names = first.map(nameOf)
  const onFirst = new Set(names)
  const end = shown.findIndex((item) => nameOf(item) === names.at(-1))
  return shown.slice(end + 1).filter((item) => !onFirst.has(nameOf(item)))
}
