/** ThingSpace's format of account numbers. It has no blanks, so a list of them with blanks between can be read. */
const accountNumber = /^\d{10}-\d{5}$/

/**
 * Reads the accounts among other names of a claim, for instance `account:0000123456-00001` among roles. Only account
 * numbers and `*` count, because the words of any other name could not be told from those beside it.
 */
export function readPrefixedAccounts(claim: string | readonly string[], prefix: string): string[] | undefined {
  const words = typeof claim === 'string' ? claim.replaceAll(/^\s*\[|\]\s*$/g, '').split(/[\s,]+/) : claim
  const names = words.flatMap((word) => (word.startsWith(prefix) ? [word.slice(prefix.length)] : []))
  if (names.length === 1 && names[0] === '*') return undefined
  return names.filter((name) => accountNumber.test(name))
}

/**
 * Reads the claim that lists accounts. `undefined` means all accounts, which the claim says as `*` or `["*"]`.
 *
 * A text is a comma-separated list of any account names. API Gateway flattens an array to `[a b]`, which does not show
 * where a name with blanks or commas ends. Several words with blanks between are therefore names only if each is an
 * account number. An ambiguous array allows no account. The names of an array inside an object arrive separately.
 */
export function readAccounts(claim: string | readonly string[]): readonly string[] | undefined {
  if (typeof claim !== 'string') return claim.length === 1 && claim[0] === '*' ? undefined : claim
  const list = /^\s*\[(.*)\]\s*$/s.exec(claim)
  const words = (list?.[1] ?? claim).split(/[\s,]+/).filter((word) => word !== '')
  if (words.length === 1 && words[0] === '*') return undefined
  if (words.every((word) => accountNumber.test(word))) return words
  if (list === null) return claim.split(',').flatMap((name) => name.trim() || [])
  return words.length === 1 ? words : []
}
