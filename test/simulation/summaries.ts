import { Violation } from './violation.ts'

/** Devices whose final result is stored but not yet in the summary of their request. */
export class Summaries {
  #wanted = new Map<string, Map<number, number>>()
  readonly #now: () => number
  readonly #within: () => number

  constructor(now: () => number, within: () => number) {
    this.#now = now
    this.#within = within
  }

  mark(): () => void {
    const wanted = [...this.#wanted].map(([requestId, positions]) => [requestId, [...positions]] as const)
    return () =>
      void (this.#wanted = new Map(wanted.map(([requestId, positions]) => [requestId, new Map(positions)] as const)))
  }

  want(requestId: string, position: number): void {
    const positions = this.#wanted.get(requestId) ?? new Map<number, number>()
    this.#wanted.set(requestId, positions)
    if (!positions.has(position)) positions.set(position, this.#now())
  }

  /** Called when a summary was written. `isShown` tells which devices it contains. */
  written(requestId: string, isShown: (position: number) => boolean): void {
    const positions = this.#wanted.get(requestId)
    if (positions === undefined) return
    for (const [position, since] of positions) {
      if (!isShown(position)) continue
      positions.delete(position)
      const waited = this.#now() - since
      if (waited > this.#within())
        throw new Violation(
          'I13 summaries',
          `the result of device ${position} of ${requestId} waited ${Math.round(waited / 1000)} s for a summary`,
        )
    }
  }

  /** Called when the request id is used for a new order. */
  forget(requestId: string): void {
    this.#wanted.delete(requestId)
  }
}
