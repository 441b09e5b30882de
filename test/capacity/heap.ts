/** A heap: the entry with the least `at` comes first, and of equal ones the one that was put first. */
export class Heap<Value> {
  /** Of each entry its `at` and its number. Four children below each parent need fewer steps than two. */
  #ats = new Float64Array(1024)
  #numbers = new Float64Array(1024)
  readonly #values: Value[] = []
  #puts = 0

  get size(): number {
    return this.#values.length
  }

  /** The least `at`. Infinity if the heap is empty. */
  get first(): number {
    return this.#values.length === 0 ? Infinity : this.#ats[0]!
  }

  put(at: number, value: Value): void {
    let place = this.#values.length
    if (place === this.#ats.length) this.#grow()
    this.#values.push(value)
    const ats = this.#ats
    while (place > 0) {
      const parent = (place - 1) >> 2
      // A new entry has the highest number, so it only passes entries with a later time.
      if (ats[parent]! <= at) break
      this.#move(parent, place)
      place = parent
    }
    ats[place] = at
    this.#numbers[place] = this.#puts += 1
    this.#values[place] = value
  }

  take(): Value | undefined {
    const first = this.#values[0]
    const last = this.#values.length - 1
    if (last < 0) return undefined
    const value = this.#values.pop()!
    if (last > 0) this.#sink(this.#ats[last]!, this.#numbers[last]!, value)
    return first
  }

  /** Puts an entry at the top and lets it sink. */
  #sink(at: number, number: number, value: Value): void {
    const ats = this.#ats
    const numbers = this.#numbers
    const count = this.#values.length
    let place = 0
    for (;;) {
      const from = 4 * place + 1
      if (from >= count) break
      let least = from
      const to = Math.min(from + 4, count)
      for (let child = from + 1; child < to; child += 1) {
        if (ats[child]! < ats[least]! || (ats[child] === ats[least] && numbers[child]! < numbers[least]!)) least = child
      }
      if (at < ats[least]! || (at === ats[least] && number < numbers[least]!)) break
      this.#move(least, place)
      place = least
    }
    ats[place] = at
    numbers[place] = number
    this.#values[place] = value
  }

  #move(from: number, to: number): void {
    this.#ats[to] = this.#ats[from]!
    this.#numbers[to] = this.#numbers[from]!
    this.#values[to] = this.#values[from]!
  }

  #grow(): void {
    const [ats, numbers] = [new Float64Array(this.#ats.length * 2), new Float64Array(this.#ats.length * 2)]
    ats.set(this.#ats)
    numbers.set(this.#numbers)
    this.#ats = ats
    this.#numbers = numbers
  }
}
