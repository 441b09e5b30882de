/** A person who can sign in to the console of the local stack. */
export type Person = {
  subject: string
  name: string
  about: string
  scopes: readonly string[]
  /** Absent: all accounts. */
  accounts?: readonly string[]
}

/** The people of the sign-in page: somebody for each kind of access. */
export function readyPeople(accounts: readonly string[]): readonly Person[] {
  const [account = '0000123456-00001'] = accounts
  return [
    {
      subject: 'operator',
      name: 'Olivia Operator',
      about: 'Reads, orders, decides and operates, for all accounts',
      scopes: ['profiles:read', 'profiles:write', 'profiles:manage', 'profiles:operate'],
    },
    {
      subject: 'app-owner',
      name: 'Anton App',
      about: `Reads and orders, for the account ${account} only`,
      scopes: ['profiles:read', 'profiles:write'],
      accounts: [account],
    },
    { subject: 'reader', name: 'Rita Reader', about: 'Only reads, for all accounts', scopes: ['profiles:read'] },
  ]
}
