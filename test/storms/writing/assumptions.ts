import { assumedHeatSeconds } from '../../capacity/dynamodb/table-capacity.ts'
import { assumedIdleMilliseconds } from '../../capacity/lambda/concurrency.ts'
import { callMilliseconds } from '../engine/table-calls.ts'
import { coldStartMilliseconds } from '../gateway/storm-world.ts'
import { assumedThingSpace } from '../gateway/thing-space.ts'

export type Assumption = { what: string; value: string; why: string }

/** What the model has to assume, because no document gives it. */
export const assumptions: readonly Assumption[] = [
  {
    what: 'answers of ThingSpace',
    value: `${assumedThingSpace.usual} ms in the median, ${assumedThingSpace.slow} ms at the 99th percentile`,
    why: 'not documented; log-normal',
  },
  { what: 'calls a second that ThingSpace takes', value: 'no limit, or the limit of the storm', why: 'not documented' },
  { what: '`Retry-After` of ThingSpace', value: `${assumedThingSpace.retryAfterSeconds} s`, why: 'not documented' },
  {
    what: 'time from the acceptance to the result of a device',
    value: '10 s to 5 min',
    why: 'not documented; no storm waits for a device that never reports',
  },
  { what: 'one call of DynamoDB', value: `${callMilliseconds} ms`, why: 'AWS promises single-digit milliseconds' },
  {
    what: 'cold start',
    value: `${coldStartMilliseconds} ms`,
    why: 'near the 375 ms that [a specialist measured in July 2025](https://speedrun.nobackspacecrew.com/blog/2025/07/21/the-fastest-node-22-lambda-coldstart-configuration.html) for three SDK clients and a first call',
  },
  {
    what: 'time until DynamoDB divides a hot key range',
    value: `${assumedHeatSeconds} s`,
    why: 'AWS describes the division for sustained traffic ([blog on split for heat](https://aws.amazon.com/blogs/database/part-2-scaling-dynamodb-how-partitions-hot-keys-and-split-for-heat-impact-performance/)) and promises no time',
  },
  {
    what: 'idle environments of Lambda',
    value: `${assumedIdleMilliseconds / 60_000} min`,
    why: 'AWS does not say how long it keeps them',
  },
  {
    what: 'recent processing time of a tenant of SQS',
    value: 'halves each minute',
    why: 'AWS says "recent"',
  },
  {
    what: 'shards of the stream',
    value: 'one for each key range of the table',
    why: 'common knowledge, not a promise of AWS',
  },
  {
    what: 'pause of the AWS SDK after a throttled call',
    value: 'up to 500 ms, then up to 1 s, then the call fails',
    why: 'its source: `@smithy/core/retry`, standard mode, with the three attempts of `lib/aws-client.ts`',
  },
]
