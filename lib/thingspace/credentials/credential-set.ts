/** The credential set of accounts that the mapping does not name. */
export const defaultCredentialSet = 'default'

export type CredentialSetFor = (accountName: string) => string

/** Which credential set serves an account, by the deployment's mapping of account names to sets. */
export function credentialSetFor(mapping: Readonly<Record<string, string>> = {}): CredentialSetFor {
  const sets = new Map(Object.entries(mapping))
  return (accountName) => sets.get(accountName) ?? defaultCredentialSet
}
