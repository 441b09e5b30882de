import { UsageError } from '../outcome.ts'
import { onlyWord } from './read-options.ts'

/** Returns the credential set that is a command's only argument. Throws `UsageError` if there is none of this name. */
export function onlyCredentialSet(words: readonly string[], known: readonly string[]): string {
  const credentialSet = onlyWord(words, 'credentialSet')
  if (known.includes(credentialSet)) return credentialSet
  throw new UsageError(`There is no credential set "${credentialSet}". The credential sets are ${known.join(', ')}.`)
}
