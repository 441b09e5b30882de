/** Encodes a text as one path segment. Returns `undefined` for texts that a URL would resolve: empty, `.` and `..`. */
export const pathSegment = (text: string): string | undefined =>
  /^\.{0,2}$/.test(text) || !text.isWellFormed() ? undefined : encodeURIComponent(text)
