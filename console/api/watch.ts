import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type * as z from 'zod/mini'
import { session } from '../session/session.ts'
import { call } from './call.ts'
import type { Failure } from './failure.ts'

/** Something of the API that is read again and again while the page is visible. */
export type Watched<Value> = {
  value: ReadonlySignal<Value | undefined>
  /** When the gateway last said that `value` is current, in epoch milliseconds. */
  at: ReadonlySignal<number | undefined>
  failure: ReadonlySignal<Failure | undefined>
  /** Reads it at once, for instance after a decision. */
  refresh: () => void
}

/** The longest pause after failures, and the longest while nothing changes. */
const longestSeconds = 60
const calmSeconds = 20

type Options<Schema> = { path: string; schema: Schema; everySeconds: number }

/**
 * Watches an address of the API: reads it with its ETag, waits longer while nothing changes or after failures, and stops
 * while the page is hidden or nobody is signed in.
 */
function watch<Schema extends z.ZodMiniType>({ path, schema, everySeconds }: Options<Schema>) {
  const value: Signal<z.infer<Schema> | undefined> = signal(undefined)
  const at = signal<number | undefined>(undefined)
  const failure = signal<Failure | undefined>(undefined)
  let etag: string | undefined
  let timer: number | undefined
  let running: AbortController | undefined
  /** Somebody asked for a look while one was under way, whose answer may be older than what they did. */
  let isAskedAgain = false
  let pause = everySeconds
  let stopped = false

  const plan = (seconds: number) => {
    window.clearTimeout(timer)
    if (!stopped) timer = window.setTimeout(() => void read(), seconds * 1000)
  }

  const read = async (): Promise<void> => {
    window.clearTimeout(timer)
    const isPaused = document.visibilityState === 'hidden'
    if (stopped || isPaused || running !== undefined || session.value.kind !== 'signed-in') return
    if (session.value.ended) {
      failure.value = { kind: 'sign-in-ended' }
      return
    }
    running = new AbortController()
    const headers = etag === undefined ? {} : { 'if-none-match': etag }
    const reply = await call(path, schema, { headers, signal: running.signal })
    running = undefined
    if (stopped) return
    if (reply.kind === 'failed') {
      failure.value = reply.failure
      const { kind } = reply.failure
      const asked = kind === 'busy' || kind === 'unavailable' ? reply.failure.afterSeconds : 0
      pause = Math.min(longestSeconds, Math.max(asked, pause * 2))
    } else {
      failure.value = undefined
      at.value = Date.now()
      if (reply.kind === 'answer') {
        value.value = reply.value
        etag = reply.headers.get('etag') ?? undefined
        pause = everySeconds
      } else pause = Math.min(Math.max(calmSeconds, everySeconds), pause * 1.5)
    }
    plan(isAskedAgain ? 0 : pause)
    isAskedAgain = false
  }

  const refresh = () => {
    pause = everySeconds
    isAskedAgain = running !== undefined
    void read()
  }

  const start = () => {
    const unwatch = session.subscribe(refresh)
    document.addEventListener('visibilitychange', refresh)
    window.addEventListener('online', refresh)
    return () => {
      stopped = true
      window.clearTimeout(timer)
      running?.abort()
      unwatch()
      document.removeEventListener('visibilitychange', refresh)
      window.removeEventListener('online', refresh)
    }
  }
  return { value, at, failure, refresh, start }
}

/** Watches an address while the component is shown. */
export function useWatch<Schema extends z.ZodMiniType>(
  path: string,
  schema: Schema,
  everySeconds = 5,
): Watched<z.infer<Schema>> {
  const watched = useMemo(() => watch({ path, schema, everySeconds }), [path, schema, everySeconds])
  useEffect(() => watched.start(), [watched])
  return watched
}
