import { setTimeout as sleep } from 'node:timers/promises'
import { Unmet } from './unmet.ts'

type Poll<Value> = {
  /** The awaited condition, for the error message. */
  what: string
  look: () => Promise<Value>
  until: (value: Value) => boolean
  /** Formats a value. Each change is printed, at most once a second. */
  tell?: ((value: Value) => string) | undefined
  say: (line: string) => void
}

/** Long enough for a busy machine. On an idle one, no step of the demo takes ten seconds. */
const patienceMs = 120_000
const shortestPauseMs = 100
const longestPauseMs = 1_000
const tellEveryMs = 1_000

/** Reads a value until the condition holds. Throws `Unmet` if it does not hold within two minutes. */
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
    // Poll slow reads less often, so that polling does not dominate the load.
    await sleep(Math.min(longestPauseMs, Math.max(shortestPauseMs, 3 * (now - lookedAt))))
  }
}
