/** The credential set of accounts without an entry in the mapping. */
export const defaultCredentialSet = 'default'

export type CredentialSetFor = (accountName: string) => string

/** Finds the credential set of an account by the deployment's mapping of account names to sets. */
export function credentialSetFor(mapping: Readonly<Record<string, string>> = {}): CredentialSetFor {
  const sets = new Map(Object.entries(mapping))
  return (accountName) => sets.get(accountName) ?? defaultCredentialSet
}
