/**
 * A stored item or message of no known version. No retry can make it readable, so readers of a stream or a queue log it
 * as an error and set it aside: it must not block the items behind it. An item of a newer version throws a plain Error
 * instead, because a newer deployment can read it.
 */
export class PoisonedItem extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'PoisonedItem'
  }
}
