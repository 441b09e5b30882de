/** Most bytes of a body. Lambda allows 6 MB for the whole answer, and API Gateway answers 500 for a larger one. */
export const mostAnswerBytes = 5_000_000

/** Bytes of a text within Lambda's answer. The body is a JSON string there, so quotes and line ends are escaped. */
const sentBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text))

/**
 * Returns a function that counts the bytes of a page's rows. It returns false if a row does not fit. The first row
 * always fits.
 */
export function pageRoom(most = mostAnswerBytes): (row: string) => boolean {
  let bytes = 0
  return (row) => {
    const isFirst = bytes === 0
    bytes += sentBytes(row)
    return isFirst || bytes <= most
  }
}
