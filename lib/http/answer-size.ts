/** Lambda answers with 6 MB at most and API Gateway turns more into a 500. The rest is room for headers and the frame. */
export const mostAnswerBytes = 5_000_000

/** Bytes of a text within Lambda's answer: the body is a string in JSON, so its quotes and line ends are escaped. */
export const sentBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text))

/** Counts what a page holds; false for the first row that does not fit. A page has at least one row. */
export function pageRoom(most = mostAnswerBytes): (row: string) => boolean {
  let bytes = 0
  return (row) => {
    const isFirst = bytes === 0
    bytes += sentBytes(row)
    return isFirst || bytes <= most
  }
}
