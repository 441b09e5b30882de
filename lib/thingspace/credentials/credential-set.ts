/** The credential set of accounts without an entry in the mapping. */
const defaultCredentialSet = 'default'

/** Every credential set that accounts are assigned to, and the default one. */
export const allCredentialSets = (mapping: Readonly<Record<string, string>>): string[] => [
  ...new Set([defaultCredentialSet, ...Object.values(mapping)]),
]

export type CredentialSetFor = (accountName: string) => string

/** Finds the credential set of an account by the deployment's mapping of account names to sets. */
export function credentialSetFor(mapping: Readonly<Record<string, string>> = {}): CredentialSetFor {
  const sets = new Map(Object.entries(mapping))
  return (accountName) => sets.get(accountName) ?? defaultCredentialSet
}
