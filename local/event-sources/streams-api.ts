import * as z from 'zod'
import { withEmptyMaps } from './empty-maps.ts'

const Description = z.object({
  StreamDescription: z.object({
    Shards: z.array(z.object({ ShardId: z.string(), ParentShardId: z.string().optional() })).default([]),
    LastEvaluatedShardId: z.string().optional(),
  }),
})
const Iterator = z.object({ ShardIterator: z.string() })
const Record = z.looseObject({
  eventID: z.string(),
  dynamodb: z
    .looseObject({ SequenceNumber: z.string(), Keys: z.record(z.string(), z.unknown()) })
    .transform(({ NewImage, OldImage, ...rest }) => ({
      ...rest,
      ...(NewImage === undefined ? {} : { NewImage: withEmptyMaps(NewImage) }),
      ...(OldImage === undefined ? {} : { OldImage: withEmptyMaps(OldImage) }),
    })),
})
const Records = z.object({ Records: z.array(Record).default([]), NextShardIterator: z.string().nullish() })

export type Shard = z.infer<typeof Description>['StreamDescription']['Shards'][number]
export type StreamsApi = ReturnType<typeof streamsApi>

/** A client for DynamoDB Streams on plain HTTP, because three calls do not justify another SDK client as a dependency. */
export function streamsApi({ endpoint, region, streamArn }: { endpoint: string; region: string; streamArn: string }) {
  const call = async (operation: string, input: object, signal: AbortSignal): Promise<unknown> => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        // Engines read the region and the access key from this header, but do not check the signature.
        authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=local`,
        'x-amz-date': '20260101T000000Z',
      },
      body: JSON.stringify(input),
      signal,
    })
    if (!response.ok) throw new Error(`${operation} was answered ${response.status}: ${await response.text()}`)
    return response.json()
  }

  return {
    streamArn,
    shards: async (signal: AbortSignal): Promise<Shard[]> => {
      const shards: Shard[] = []
      let after: string | undefined
      do {
        const input = { StreamArn: streamArn, ...(after !== undefined && { ExclusiveStartShardId: after }) }
        const { StreamDescription } = Description.parse(await call('DescribeStream', input, signal))
        shards.push(...StreamDescription.Shards)
        after = StreamDescription.LastEvaluatedShardId
      } while (after !== undefined)
      return shards
    },
    /** An iterator at the start of the shard or after a record. If that record has been trimmed, it starts over. */
    iterator: async (ShardId: string, signal: AbortSignal, after?: string): Promise<string> => {
      const shard = { StreamArn: streamArn, ShardId }
      const iteratorOf = async (from: object) =>
        Iterator.parse(await call('GetShardIterator', { ...shard, ...from }, signal)).ShardIterator
      if (after === undefined) return iteratorOf({ ShardIteratorType: 'TRIM_HORIZON' })
      try {
        return await iteratorOf({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after })
      } catch (error) {
        if (!String(error).includes('TrimmedDataAccess')) throw error
        return iteratorOf({ ShardIteratorType: 'TRIM_HORIZON' })
      }
    },
    /** Reads up to 1,000 records. `next` is undefined at the end of a closed shard. */
    records: async (ShardIterator: string, signal: AbortSignal) => {
      const page = Records.parse(await call('GetRecords', { ShardIterator, Limit: 1000 }, signal))
      return { records: page.Records, next: page.NextShardIterator ?? undefined }
    },
  }
}
