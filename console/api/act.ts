import { useSignal } from '@preact/signals'
import type * as z from 'zod/mini'
import { call, type CallOptions } from './call.ts'
import type { Failure } from './failure.ts'

/** A change that a person asks the gateway for: whether it is under way, and how it ended. */
export function useAct<Schema extends z.ZodMiniType>(schema: Schema) {
  const isBusy = useSignal(false)
  const failure = useSignal<Failure | undefined>(undefined)
  const answer = useSignal<z.infer<Schema> | undefined>(undefined)
  /** Asks for it. Returns the answer, or `undefined` after a failure. */
  const act = async (
    path: string,
    options: Pick<CallOptions, 'body' | 'headers'> = {},
  ): Promise<z.infer<Schema> | undefined> => {
    isBusy.value = true
    failure.value = undefined
    const reply = await call(path, schema, { method: 'POST', ...options })
    isBusy.value = false
    failure.value = reply.kind === 'failed' ? reply.failure : undefined
    answer.value = reply.kind === 'answer' ? reply.value : undefined
    return answer.value
  }
  return { isBusy: isBusy.value, failure: failure.value, answer: answer.value, act }
}
