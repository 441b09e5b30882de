/**
 * A stored item that no repetition will make readable: it is neither of this version nor of a newer one. Whoever works
 * through a stream or a queue sets it aside, loudly, because waiting for it would hold up everything behind it.
 */
export class PoisonedItem extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'PoisonedItem'
  }
}
