/** A binary heap: the entry with the least `at` comes first, and of equal ones the one that was put first. */
export class Heap<Value> {
  readonly #ats: number[] = []
  readonly #orders: number[] = []
  readonly #values: Value[] = []
  #puts = 0

  get size(): number {
    return this.#ats.length
  }

  /** The least `at`. Infinity if the heap is empty. */
  get first(): number {
    return this.#ats[0] ?? Infinity
  }

  put(at: number, value: Value): void {
    const place = this.#ats.length
    this.#ats.push(at)
    this.#orders.push((this.#puts += 1))
    this.#values.push(value)
    this.#rise(place)
  }

  take(): Value | undefined {
    const value = this.#values[0]
    const last = this.#ats.length - 1
    if (last < 0) return undefined
    this.#swap(0, last)
    this.#ats.pop()
    this.#orders.pop()
    this.#values.pop()
    this.#sink(0)
    return value
  }

  #rise(from: number): void {
    for (let place = from; place > 0;) {
      const parent = (place - 1) >> 1
      if (!this.#isBefore(place, parent)) return
      this.#swap(place, parent)
      place = parent
    }
  }

  #sink(from: number): void {
    for (let place = from; ;) {
      const left = 2 * place + 1
      const right = left + 1
      let least = place
      if (left < this.#ats.length && this.#isBefore(left, least)) least = left
      if (right < this.#ats.length && this.#isBefore(right, least)) least = right
      if (least === place) return
      this.#swap(place, least)
      place = least
    }
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#ats[a]! - this.#ats[b]!
    return difference < 0 || (difference === 0 && this.#orders[a]! < this.#orders[b]!)
  }

  #swap(a: number, b: number): void {
    for (const list of [this.#ats, this.#orders, this.#values] as unknown[][]) {
      const kept = list[a]
      list[a] = list[b]
      list[b] = kept
    }
  }
}
