/**
 * DynamoDB refuses an item because of its content: it is too large or contains a value that cannot be stored. Retrying
 * cannot help, so a queue handler puts the message into quarantine instead.
 */
export class Unstorable extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'Unstorable'
  }
}
