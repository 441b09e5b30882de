/** A text as one segment of a path. `undefined` for what a URL would read as another path: dots alone, or nothing. */
export const pathSegment = (text: string): string | undefined =>
  /^\.{0,2}$/.test(text) || !text.isWellFormed() ? undefined : encodeURIComponent(text)
