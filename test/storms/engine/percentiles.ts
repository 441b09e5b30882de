/** Values of which only their order matters. */
export class Sample {
  #values: number[] = []
  #isSorted = true

  add(value: number): void {
    this.#values.push(value)
    this.#isSorted = false
  }

  get count(): number {
    return this.#values.length
  }

  /** The value below which this share of the values lies. 0 if there are none. */
  at(share: number): number {
    if (!this.#isSorted) this.#values = [...Float64Array.from(this.#values).toSorted()]
    this.#isSorted = true
    return this.#values[Math.min(this.#values.length - 1, Math.floor(share * this.#values.length))] ?? 0
  }

  get most(): number {
    return this.at(1)
  }
}
