import { setTimeout as sleep } from 'node:timers/promises'
import { Unmet } from './unmet.ts'

type Poll<Value> = {
  /** What is waited for, in words. */
  what: string
  look: () => Promise<Value>
  until: (value: Value) => boolean
  /** How a value reads: each change is told, at most once a second. */
  tell?: ((value: Value) => string) | undefined
  say: (line: string) => void
}

/** Long enough for a very busy machine; on a quiet one nothing in the demo takes ten seconds. */
const patienceMs = 120_000
const shortestPauseMs = 100
const longestPauseMs = 1_000
const tellEveryMs = 1_000

/** Looks again and again until it is so. What does not become so in two minutes is not as expected. */
export async function poll<Value>({ what, look, until, tell, say }: Poll<Value>): Promise<Value> {
  const started = performance.now()
  let told = { text: '', at: started }
  for (;;) {
    const lookedAt = performance.now()
    const value = await look()
    const now = performance.now()
    const done = until(value)
    const text = tell?.(value) ?? ''
    if (text !== told.text && (done || told.text === '' || now - told.at >= tellEveryMs)) {
      say(`  ${((now - started) / 1000).toFixed(1).padStart(4)} s  ${text}`)
      told = { text, at: now }
    }
    if (done) return value
    if (now - started > patienceMs) throw new Unmet(what, `within ${patienceMs / 1000} s`, text === '' ? value : text)
    // Looking must not become the machine's main work: what is dear to read is read seldom.
    await sleep(Math.min(longestPauseMs, Math.max(shortestPauseMs, 3 * (now - lookedAt))))
  }
}
