import * as z from 'zod/mini'

const Claims = z.object({
  sub: z.optional(z.string()),
  client_id: z.optional(z.string()),
  scope: z.optional(z.string()),
  scp: z.optional(z.union([z.string(), z.array(z.string())])),
  accounts: z.optional(z.union([z.string(), z.array(z.string())])),
})

/** What a token says about its holder. Only for display: the gateway checks every call itself. */
export type TokenClaims = {
  subject: string | undefined
  scopes: readonly string[]
  accounts: readonly string[] | undefined
}

/** Reads the content of a JWT without checking it. An opaque token says nothing. */
export function claimsOf(token: string): TokenClaims {
  const claims = Claims.safeParse(payloadOf(token))
  if (!claims.success) return { subject: undefined, scopes: [], accounts: undefined }
  const { sub, client_id: client, scope, scp, accounts } = claims.data
  const scopes = scope?.split(' ') ?? (typeof scp === 'string' ? scp.split(' ') : (scp ?? []))
  return {
    subject: sub ?? client,
    scopes,
    accounts: allowed(typeof accounts === 'string' ? accounts.split(',').map((name) => name.trim()) : accounts),
  }
}

function payloadOf(token: string): unknown {
  try {
    const [, payload = ''] = token.split('.')
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    )
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/** `*` alone allows all accounts, which is `undefined` here. */
const allowed = (accounts: readonly string[] | undefined) =>
  accounts?.length === 1 && accounts[0] === '*' ? undefined : accounts
