/** Parses JSON that may be anything at all; what is no JSON becomes `undefined`. */
export const parseJson = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
