import { Heap } from '../../capacity/heap.ts'

/** Work that takes virtual time: it yields how many milliseconds it waits. */
export type Work<Result = void> = Generator<number, Result>

/** Virtual time. Everything that happens is on it, in order. */
export class Timeline {
  now = 0
  readonly #coming = new Heap<Work | (() => void)>()
  happened = 0

  at(time: number, run: () => void): void {
    this.#coming.put(Math.max(time, this.now), run)
  }

  after(milliseconds: number, run: () => void): void {
    this.at(this.now + milliseconds, run)
  }

  /** Begins work at once. */
  start(work: Work): void {
    this.#go(work)
  }

  /** Runs until nothing is left, or until a time (milliseconds). */
  run(until = Infinity): void {
    while (this.#coming.size > 0 && this.#coming.first <= until) {
      this.now = this.#coming.first
      this.happened += 1
      const next = this.#coming.take()!
      if (typeof next === 'function') next()
      else this.#go(next)
    }
  }

  #go(work: Work): void {
    const { value, done } = work.next()
    if (done !== true) this.#coming.put(this.now + value, work)
  }
}
