const wholeNames: ReadonlySet<string> = new Set([
  'user',
  'pass',
  'pw',
  'pwd',
  'cookie',
  'bearer',
  'apikey',
  'sessionid',
])

const parts = /username|userid|passw|passphrase|passcode|pwd|secret|token|credential|authorization/

const known = new Map<string, boolean>()
const mostKnown = 500

/**
 * Whether a member of this name holds a credential: of the listener, of the line (`deviceCredential`), or of anybody.
 * Casing and punctuation do not count, and a name that is too long to be one of a member is none.
 */
export function isSecretName(name: string): boolean {
  if (name.length > 100) return false
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const letters = name.toLowerCase().replaceAll(/[^a-z]/g, '')
  const isSecret = wholeNames.has(letters) || parts.test(letters)
  // Messages have a few names in all, and each is asked about several times.
  if (known.size < mostKnown) known.set(name, isSecret)
  return isSecret
}
