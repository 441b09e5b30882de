import type { DynamoDBRecord } from 'aws-lambda'
import { toLambdaAttributes } from './attribute-value.ts'
import { sizeOfItem } from './size.ts'
import type { Item } from './values.ts'

/** One committed change. The images are the stored ones and must not be changed. */
export type Change = {
  tableName: string
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  keys: Item
  oldImage: Item | undefined
  newImage: Item | undefined
  sequenceNumber: string
  at: number
  /** Deleted by time to live and not by a request. */
  expired: boolean
}

/** Every change, in the order of commits. */
export class ChangeStream {
  readonly changes: Change[] = []

  append(change: Omit<Change, 'sequenceNumber' | 'eventName'>): void {
    const { oldImage, newImage } = change
    const eventName = oldImage === undefined ? 'INSERT' : newImage === undefined ? 'REMOVE' : 'MODIFY'
    const sequenceNumber = String(this.changes.length + 1).padStart(21, '0')
    this.changes.push({ ...change, eventName, sequenceNumber })
  }

  /** The changes after a cursor, and the cursor for the next read. The first cursor is 0. */
  read(cursor: number, limit = Number.POSITIVE_INFINITY): { changes: Change[]; cursor: number } {
    const changes = this.changes.slice(cursor, cursor + limit)
    return { changes, cursor: cursor + changes.length }
  }
}

/** Changes as Lambda receives them from a stream of NEW_AND_OLD_IMAGES. */
export const toStreamRecords = (changes: readonly Change[]): DynamoDBRecord[] =>
  changes.map(({ tableName, eventName, keys, oldImage, newImage, sequenceNumber, at, expired }) => ({
    eventID: `${tableName}-${sequenceNumber}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}/stream/2026-01-01T00:00:00.000`,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at / 1000),
      Keys: toLambdaAttributes(keys),
      ...(oldImage && { OldImage: toLambdaAttributes(oldImage) }),
      ...(newImage && { NewImage: toLambdaAttributes(newImage) }),
      SequenceNumber: sequenceNumber,
      SizeBytes: sizeOfItem(keys) + sizeOfItem(oldImage ?? {}) + sizeOfItem(newImage ?? {}),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    ...(expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  }))
