/** Members whose values are credentials: of the listener, or of the line (`deviceCredential`). Lower case. */
const secretNames: ReadonlySet<string> = new Set(['username', 'password', 'devicecredential'])

export const isSecretName = (lowerCaseName: string): boolean => secretNames.has(lowerCaseName)

/** A parsed message as JSON without its credentials, at any depth and in any casing. */
export function redactParsed(message: unknown): string {
  return (
    JSON.stringify(message, (name: string, value: unknown) => (isSecretName(name.toLowerCase()) ? undefined : value)) ??
    ''
  )
}

const longestExcerpt = 8_000

const secretMember =
  /(["']?)(username|password|deviceCredential)\1\s*:\s*("(?:[^"\\]|\\[^])*(?:"|\\?$)|\{[^{}]*\}|[^\s,}"'{[\]\\]+)/gi

/** Where a credential may begin: its name, or an encoding that could hide the name. */
const doubtful =
  /user-?name\w*|pass-?w\w*|credential\w*|secret\w*|\\+u(?!003d)[\da-f]{4}|%[\da-f]{2}|&#|[\w+/=-]{80,}/gi
const removed = /^["']?:"\[removed\]"/

/**
 * An excerpt of a text that cannot be parsed, without its credentials. Members are removed by pattern; the text ends
 * before the first place where a credential may stand in another form, because a lost excerpt is the smaller damage.
 */
export function redactText(text: string): string {
  const excerpt = text.slice(0, longestExcerpt).replace(secretMember, '$1$2$1:"[removed]"')
  for (const match of excerpt.matchAll(doubtful)) {
    if (removed.test(excerpt.slice(match.index + match[0].length))) continue
    return `${excerpt.slice(0, match.index)}[cut: ${text.length} characters in all]`
  }
  return text.length > longestExcerpt ? `${excerpt}[cut: ${text.length} characters in all]` : excerpt
}
