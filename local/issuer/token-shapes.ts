import type { JWTPayload } from 'jose'
import { type Scope, scopes } from '../../lib/http/access/scopes.ts'

/** What a token says, before an issuer writes it in its own way. */
type TokenContent = {
  issuer: string
  audience: string
  subject: string
  scopes: readonly string[]
  accounts: readonly string[]
  /** Epoch seconds. */
  issuedAt: number
  expiresAt: number
}

/** How an issuer writes tokens, and the parameters of serverless.yml that read them. docs/issuers.md explains each. */
type TokenShape = {
  params: Readonly<Record<string, string>>
  accessToken: (content: TokenContent) => JWTPayload
}

const times = ({ issuedAt, expiresAt }: TokenContent) => ({ iat: issuedAt, exp: expiresAt })
const isScope = (name: string): name is Scope => scopes.some((scope) => scope === name)
/** `profiles:read` becomes `prefixread` or `prefixRead`. Other names stay as they are. */
const renamed = (names: readonly string[], rename: (verb: string) => string): string[] =>
  names.map((name) => (isScope(name) ? rename(name.slice('profiles:'.length)) : name))
const capital = (verb: string): string => verb.charAt(0).toUpperCase() + verb.slice(1)

/** A token of RFC 9068, without a parameter to set. */
const plain: TokenShape = {
  params: {},
  accessToken: (content) => ({
    ...times(content),
    iss: content.issuer,
    aud: content.audience,
    sub: content.subject,
    scope: content.scopes.join(' '),
    accounts: [...content.accounts],
  }),
}

const cognito: TokenShape = {
  params: {
    scopeRead: 'profile-gateway/read',
    scopeWrite: 'profile-gateway/write',
    scopeManage: 'profile-gateway/manage',
    scopeOperate: 'profile-gateway/operate',
  },
  // Client credentials, with the claim of a pre token generation trigger. There is no `aud`.
  accessToken: (content) => ({
    ...times(content),
    sub: content.subject,
    token_use: 'access',
    scope: renamed(content.scopes, (verb) => `profile-gateway/${verb}`).join(' '),
    auth_time: content.issuedAt,
    iss: content.issuer,
    version: 2,
    client_id: content.audience,
    accounts: [...content.accounts],
  }),
}

const entra: TokenShape = {
  params: {
    scopeRead: 'Profiles.Read',
    scopeWrite: 'Profiles.Write',
    scopeManage: 'Profiles.Manage',
    scopeOperate: 'Profiles.Operate',
    scopeClaims: 'scp,roles',
    accountsClaim: 'roles',
    accountsPrefix: 'account:',
  },
  // Client credentials: app roles only, no `scp`.
  accessToken: (content) => ({
    ...times(content),
    nbf: content.issuedAt,
    aud: content.audience,
    iss: content.issuer,
    azp: content.subject,
    azpacr: '1',
    oid: content.subject,
    roles: [
      ...renamed(content.scopes, (verb) => `Profiles.${capital(verb)}`),
      ...content.accounts.map((account) => `account:${account}`),
    ],
    sub: content.subject,
    tid: '11111111-2222-3333-4444-555555555555',
    uti: 'uti',
    ver: '2.0',
  }),
}

const auth0: TokenShape = {
  params: { accountsClaim: 'https://profile-gateway.example.com/accounts' },
  // Client credentials, with the claim of an Action.
  accessToken: (content) => ({
    ...times(content),
    'https://profile-gateway.example.com/accounts': [...content.accounts],
    iss: content.issuer,
    sub: `${content.subject}@clients`,
    aud: content.audience,
    scope: content.scopes.join(' '),
    gty: 'client-credentials',
    azp: content.subject,
  }),
}

const keycloak: TokenShape = {
  params: {},
  // A service account, with an audience mapper and a mapper of the accounts.
  accessToken: (content) => ({
    ...times(content),
    iss: content.issuer,
    aud: [content.audience, 'account'],
    sub: content.subject,
    typ: 'Bearer',
    azp: content.subject,
    acr: '1',
    'allowed-origins': ['/*'],
    realm_access: { roles: ['offline_access', 'uma_authorization'] },
    resource_access: { account: { roles: ['view-profile'] } },
    scope: ['email', 'profile', ...content.scopes].join(' '),
    email_verified: false,
    preferred_username: `service-account-${content.subject}`,
    client_id: content.subject,
    accounts: [...content.accounts],
  }),
}

/** The issuers that docs/issuers.md describes, and `plain`. */
export const tokenShapes = { plain, cognito, entra, auth0, keycloak } as const
export type TokenShapeName = keyof typeof tokenShapes
export const tokenShapeNames = ['plain', 'cognito', 'entra', 'auth0', 'keycloak'] as const satisfies TokenShapeName[]
