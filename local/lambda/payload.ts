/** Lambda's limits for the event and for the response of a synchronous invocation. They differ by 100 bytes. */
export const eventLimitBytes = 6_291_456
export const answerLimitBytes = 6_291_556

const envelopeBytes = '{"Records":[]}'.length

/** Returns the first records that fit into one event, at least one. Lambda's pollers end a batch at this size. */
export function fittingIntoEvent<Record>(records: readonly Record[]): Record[] {
  let bytes = envelopeBytes
  const fitting = records.findIndex((record) => {
    bytes += Buffer.byteLength(JSON.stringify(record)) + 1
    return bytes - 1 > eventLimitBytes
  })
  return fitting === -1 ? [...records] : records.slice(0, Math.max(1, fitting))
}
