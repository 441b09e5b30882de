import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { AttributeValue as StreamValue, DynamoDBRecord } from 'aws-lambda'
import * as z from 'zod'
import { Verdict } from '../../../lib/profile/request/callback.ts'
import { Submission } from '../../../lib/profile/request/submission.ts'
import { rankOf } from '../../../lib/profile/status/device-results.ts'
import { deviceStatusAt, isReported } from '../../../lib/profile/status/device-states.ts'
import { mayFollow } from '../../../lib/profile/submission/transitions/transitions.ts'
import { readStream } from '../../../local/dynamodb/stream-reader.ts'
import type { Violation } from '../evidence.ts'

const RequestImage = z.object({
  requestId: z.string(),
  version: z.number(),
  summary: z.object({ deviceStates: z.string() }),
})
const ResultImage = z.object({ upstreamRequestId: z.string(), verdict: Verdict })

/** Everything that was ever written, in order. */
export async function readHistory(endpoint: string, tableName: string): Promise<DynamoDBRecord[]> {
  const stream = await readStream({ endpoint, tableName, from: 'TRIM_HORIZON' })
  const records: DynamoDBRecord[] = []
  for (;;) {
    const batch = await stream.next(10_000)
    if (batch.length === 0) return records
    records.push(...batch)
  }
}

/**
 * Each item only moved forward: attempts grow, known upstream request ids are never lost, and no device leaves a
 * final state, except an expired one by a result and an unsent one by a decision.
 */
export function checkHistory(
  records: readonly DynamoDBRecord[],
  decidedOn: (requestId: string) => boolean,
): Violation[] {
  return records.flatMap(({ dynamodb }) => {
    const [before, after] = [plain(dynamodb?.OldImage), plain(dynamodb?.NewImage)]
    if (before === undefined || after === undefined) return []
    switch (after['entity']) {
      case 'submission':
        return submissionFaults(Submission.parse(before), Submission.parse(after))
      case 'request':
        return requestFaults(RequestImage.parse(before), RequestImage.parse(after), decidedOn)
      case 'result':
        return resultFaults(ResultImage.parse(before), ResultImage.parse(after))
      default:
        return []
    }
  })
}

const violation = (what: string, id: string): Violation => ({ invariant: 'monotone', what, ids: [id] })

function submissionFaults(before: Submission, after: Submission): Violation[] {
  const name = `submission ${after.submission} of ${after.requestId}`
  const faults: Violation[] = []
  if (after.attempt < before.attempt)
    faults.push(violation(`${name} went back to attempt ${after.attempt}`, after.requestId))
  if (after.state !== before.state && !mayFollow(before.state, after.state)) {
    faults.push(violation(`${name} went from ${before.state} to ${after.state}`, after.requestId))
  }
  if (!before.upstreamRequestIds.every((id) => after.upstreamRequestIds.includes(id))) {
    faults.push(violation(`${name} forgot an upstream id`, after.requestId))
  }
  return faults
}

const conflictBit = 0x80

function requestFaults(
  before: z.infer<typeof RequestImage>,
  after: z.infer<typeof RequestImage>,
  decidedOn: (requestId: string) => boolean,
): Violation[] {
  const { requestId } = after
  const faults = after.version < before.version ? [violation('a request went back to an older version', requestId)] : []
  const [from, to] = [before, after].map(({ summary }) => ({
    deviceStates: Buffer.from(summary.deviceStates, 'base64'),
  }))
  if (from === undefined || to === undefined) return faults
  for (const [position, code] of from.deviceStates.entries()) {
    if (isReported(from, position) && !isReported(to, position)) {
      faults.push(violation(`a result of device ${position} of ${requestId} was forgotten`, requestId))
    }
    const [was, is] = [deviceStatusAt(from, position), deviceStatusAt(to, position)]
    // Which of two final results decides may change with further results. Both are kept and flagged.
    if (was === is || ((code | (to.deviceStates[position] ?? 0)) & conflictBit) !== 0) continue
    const may =
      was === 'pending' ||
      was === 'warning' ||
      (was === 'expired' && (is === 'succeeded' || is === 'failed' || decidedOn(requestId))) ||
      (was === 'failed' && decidedOn(requestId))
    if (!may) faults.push(violation(`device ${position} of ${requestId} went from ${was} to ${is}`, requestId))
  }
  return faults
}

function resultFaults(before: z.infer<typeof ResultImage>, after: z.infer<typeof ResultImage>): Violation[] {
  const [was, is] = [rankOf[before.verdict], rankOf[after.verdict]]
  const holds = is > was || before.verdict === after.verdict
  const what = `a result of ${after.upstreamRequestId} went from ${before.verdict} to ${after.verdict}`
  return holds ? [] : [violation(what, after.upstreamRequestId)]
}

/** Lambda's images are JSON: bytes are base64 texts, and stay so. */
const plain = (image: Record<string, StreamValue> | undefined): Record<string, unknown> | undefined =>
  image === undefined ? undefined : unmarshall(image as Parameters<typeof unmarshall>[0])
