import { type Seeded, seeded } from '../simulation/random.ts'

/**
 * The fault of one request, or of the response of a whole invocation. `before`: it never reaches its target. `after`:
 * the target has processed it, and the caller never learns. A cut leaves the process alive without a response.
 */
export type Fault = 'kill-before' | 'kill-after' | 'cut-before' | 'cut-after'

export const isKill = (fault: Fault | undefined): boolean => fault === 'kill-before' || fault === 'kill-after'

export type Struck = { functionName: string; effect: string; fault: Fault; at: number; mentions: readonly string[] }

export type FaultPlan = {
  /** The fault of the next request of this kind by this function. Usually none. */
  next: (functionName: string, effect: string, mentions?: readonly string[]) => Fault | undefined
  struck: readonly Struck[]
  kills: () => number
  /** All requests so far, by function and effect. */
  seen: ReadonlyMap<string, number>
  /** No faults happen before `begin` and after `end`. */
  begin: () => void
  end: () => void
}

/** `spare`: kinds of requests without faults. */
type Wanted = { seed: number; kills: number; spare?: RegExp | undefined }

type Line = { random: Seeded; faults: number; left: number }

/**
 * Seeded: each function and kind of request has its own sequence of faults, by the number of such requests. The gaps
 * grow with each fault, so that rare requests are hit too and frequent ones are not hit too often.
 */
export function createFaultPlan({ seed, kills: wanted, spare = /^$/ }: Wanted): FaultPlan {
  const lines = new Map<string, Line>()
  const struck: Struck[] = []
  const seen = new Map<string, number>()
  let kills = 0
  let isOn = false

  const lineOf = (key: string): Line => {
    const known = lines.get(key)
    if (known !== undefined) return known
    const random = seeded(mixed(seed, key))
    const line = { random, faults: 0, left: random.between(1, 4) }
    lines.set(key, line)
    return line
  }

  return {
    next: (functionName, effect, mentions = []) => {
      const key = `${functionName} ${effect}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
      if (!isOn || kills >= wanted || spare.test(effect)) return undefined
      const line = lineOf(key)
      line.left -= 1
      if (line.left > 0) return undefined
      line.faults += 1
      line.left = line.random.between(1 + line.faults, 6 * (line.faults + 1))
      const fault = faultFor(effect, line.random)
      if (isKill(fault)) kills += 1
      struck.push({ functionName, effect, fault, at: Date.now(), mentions })
      return fault
    },
    struck,
    kills: () => kills,
    seen,
    begin: () => {
      isOn = true
    },
    end: () => {
      isOn = false
    },
  }
}

/** The effect that stands for the response of an invocation. */
export const answerEffect = 'answer'

function faultFor(effect: string, random: Seeded): Fault {
  if (effect === answerEffect) return 'kill-after'
  const fault = random.pick<Fault>([
    'kill-before',
    'kill-after',
    'kill-before',
    'kill-after',
    'cut-before',
    'cut-after',
  ])
  // A lost login counts as a failed one, and two in a row close the latch until an operator opens it. That is
  // intended, and would end the test.
  return effect === 'thingspace login' && fault.startsWith('cut') ? 'kill-after' : fault
}

/** A number for a text, different for each seed (FNV-1a). */
function mixed(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ seed
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}
