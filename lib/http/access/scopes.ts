/**
 * What a token can allow: reading, ordering, deciding about requests, and operating the gateway for all accounts. These
 * are the default names too; `AccessRules` has the names that the stage's issuer uses.
 */
export const scopes = ['profiles:read', 'profiles:write', 'profiles:manage', 'profiles:operate'] as const
export type Scope = (typeof scopes)[number]

/** How the stage reads a token. Set by parameters of serverless.yml. */
export type AccessRules = {
  /** The issuer's names of each scope. One of them is enough. */
  scopeNames: Readonly<Record<Scope, readonly string[]>>
  /** The claims that may hold scopes. All of them count. */
  scopeClaims: readonly string[]
  /** The claim that lists accounts. */
  accountsClaim: string
  /** If not empty, only account numbers and `*` behind this prefix count, so that the claim may hold other names too. */
  accountsPrefix: string
  /** Whether a token without the accounts claim allows no account. Otherwise it allows all accounts. */
  requireAccountsClaim: boolean
}
