/** Cuts a text to at most `longest` UTF-16 units, without splitting a surrogate pair. */
export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text
  const isWithinPair = /[\uD800-\uDBFF]/.test(text.charAt(longest - 1))
  return text.slice(0, isWithinPair ? longest - 1 : longest)
}
