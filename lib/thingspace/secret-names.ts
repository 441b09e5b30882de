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
 * Whether a member of this name holds a credential, for instance of the listener or of the line (`deviceCredential`).
 * Ignores casing and punctuation. A name of more than 100 characters is not taken for a member's name.
 */
export function isSecretName(name: string): boolean {
  if (name.length > 100) return false
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const letters = name.toLowerCase().replaceAll(/[^a-z]/g, '')
  const isSecret = wholeNames.has(letters) || parts.test(letters)
  // Messages use few different names, and each is checked several times.
  if (known.size < mostKnown) known.set(name, isSecret)
  return isSecret
}
