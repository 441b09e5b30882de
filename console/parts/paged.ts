import { useSignal } from '@preact/signals'
import type * as z from 'zod/mini'
import { call } from '../api/call.ts'
import type { Failure } from '../api/failure.ts'

type Page<Item> = { items: readonly Item[]; nextCursor: string | null }

/** The items of a list: a first page that is watched, and further pages that were asked for. */
export function usePages<Item>({
  path,
  schema,
  first,
}: {
  path: string
  schema: z.ZodMiniType<Page<Item>>
  first: Page<Item>
}) {
  const further = useSignal<readonly Item[]>([])
  const cursor = useSignal<string | null | undefined>(undefined)
  const failure = useSignal<Failure | undefined>(undefined)
  const isLoading = useSignal(false)
  const next = cursor.value === undefined ? first.nextCursor : cursor.value
  const more = async (): Promise<void> => {
    if (next === null || isLoading.value) return
    isLoading.value = true
    const reply = await call(`${path}&cursor=${encodeURIComponent(next)}`, schema)
    isLoading.value = false
    failure.value = reply.kind === 'failed' ? reply.failure : undefined
    if (reply.kind !== 'answer') return
    further.value = [...further.value, ...reply.value.items]
    cursor.value = reply.value.nextCursor
  }
  return {
    items: [...first.items, ...further.value],
    hasMore: next !== null,
    isLoading: isLoading.value,
    failure: failure.value,
    more,
  }
}
