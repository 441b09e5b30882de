/**
 * An item that the table refuses for what it is: too large, or with something in it that cannot be written. No repetition
 * changes that, so whoever works through a queue sets the message aside with its evidence.
 */
export class Unstorable extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'Unstorable'
  }
}
