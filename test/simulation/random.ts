/** The only source of randomness in a world, so that a seed determines the world. */
export type Seeded = {
  /** A number in [0, 1). */
  next: () => number
  /** An integer in [0, below). */
  below: (limit: number) => number
  between: (from: number, to: number) => number
  chance: (probability: number) => boolean
  pick: <Choice>(choices: readonly Choice[]) => Choice
  shuffled: <Each>(list: readonly Each[]) => Each[]
  /** Saves the state of the generator. The returned function restores it. */
  mark: () => () => void
}

/** Mulberry32: small, fast, and sufficient to choose between a few effects. */
export function seeded(seed: number): Seeded {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => next() < probability,
    pick: (choices) => choices[below(choices.length)]!,
    shuffled: (list) => {
      const mixed = [...list]
      for (let at = mixed.length - 1; at > 0; at -= 1) {
        const other = below(at + 1)
        ;[mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!]
      }
      return mixed
    },
    mark: () => {
      const marked = state
      return () => {
        state = marked
      }
    },
  }
}
