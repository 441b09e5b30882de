import type { FakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import type { Change } from '../fakes/dynamodb/stream.ts'
import type { Seeded } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import { keyText } from './watch.ts'

const latest = 2 * 86_400

/** DynamoDB's time to live: items are deleted one by one, up to two days late, in no order. */
export class Deletions {
  readonly #dynamoDb: FakeDynamoDb
  readonly #scheduler: Scheduler
  readonly #random: Seeded
  readonly #deleted: () => void

  constructor(dynamoDb: FakeDynamoDb, scheduler: Scheduler, random: Seeded, deleted: () => void) {
    this.#dynamoDb = dynamoDb
    this.#scheduler = scheduler
    this.#random = random
    this.#deleted = deleted
  }

  changed({ keys, oldImage, newImage }: Change, until: number | undefined): void {
    const expiresAt = newImage?.['expiresAt']
    if (until === undefined || typeof expiresAt !== 'number' || oldImage?.['expiresAt'] === expiresAt) return
    const at = (expiresAt + 1 + this.#random.below(latest)) * 1000
    if (at > until) return
    const key = keyText(keys)
    this.#scheduler.at(at, () => {
      // An item whose expiry was extended is deleted at the later date.
      this.#dynamoDb.expireItems((item) => keyText(item) === key && item['expiresAt'] === expiresAt)
      this.#deleted()
    })
  }
}
