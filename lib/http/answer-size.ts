/** A Lambda answer has at most 6 MB; API Gateway answers 500 for a larger one. The rest is room for the headers. */
export const mostAnswerBytes = 5_000_000

/** Bytes of a text within Lambda's answer: the body is a string in JSON, so its quotes and line ends are escaped. */
export const sentBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text))

/** Counts the bytes of a page. Gives false for a row that does not fit; the first row always fits. */
export function pageRoom(most = mostAnswerBytes): (row: string) => boolean {
  let bytes = 0
  return (row) => {
    const isFirst = bytes === 0
    bytes += sentBytes(row)
    return isFirst || bytes <= most
  }
}
