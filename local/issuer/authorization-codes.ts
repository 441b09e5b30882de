import { createHash, randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Person } from './people.ts'

/** Redirects go to this machine only, so a page elsewhere cannot fetch a code. */
const onThisMachine = z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost|\[::1\])$/ })

const AuthorizationRequest = z.object({
  response_type: z.literal('code'),
  client_id: z.string().min(1),
  redirect_uri: onThisMachine,
  scope: z.string().default(''),
  state: z.string().optional(),
  nonce: z.string().optional(),
  code_challenge: z.string().min(43),
  code_challenge_method: z.literal('S256'),
  /** The subject that was chosen on the sign-in page. */
  person: z.string().optional(),
  /** For tests of a sign-in that ends. */
  lifetime_seconds: z.coerce.number().int().positive().optional(),
})
type AuthorizationRequest = z.infer<typeof AuthorizationRequest>

const CodeGrant = z.object({
  grant_type: z.literal('authorization_code'),
  code: z.string(),
  code_verifier: z.string().min(43),
  client_id: z.string(),
  redirect_uri: z.string(),
})

/** What a code is good for. */
export type Grant = { person: Person; request: AuthorizationRequest }

/** Issues authorization codes with PKCE (RFC 7636). A code works once. */
export function createAuthorizationCodes() {
  const grants = new Map<string, Grant>()
  return {
    /** Reads the parameters of `/authorize`. Throws a `ZodError`. */
    read: (query: URLSearchParams): AuthorizationRequest => AuthorizationRequest.parse(Object.fromEntries(query)),

    /** The address that leads back to the client, with a new code. */
    grant: (request: AuthorizationRequest, person: Person, issuer: string): string => {
      const code = randomUUID()
      grants.set(code, { person, request })
      const back = new URL(request.redirect_uri)
      back.searchParams.set('code', code)
      back.searchParams.set('iss', issuer)
      if (request.state !== undefined) back.searchParams.set('state', request.state)
      return back.href
    },

    /** Redeems the code of a token request. Undefined if code, client, redirect or verifier do not fit. */
    redeem: (form: unknown): Grant | undefined => {
      const asked = CodeGrant.safeParse(form)
      if (!asked.success) return undefined
      const { code, code_verifier: verifier, client_id: client, redirect_uri: redirect } = asked.data
      const grant = grants.get(code)
      grants.delete(code)
      if (grant === undefined) return undefined
      const { code_challenge: challenge, client_id: ownClient, redirect_uri: ownRedirect } = grant.request
      const fits = createHash('sha256').update(verifier).digest('base64url') === challenge
      return fits && client === ownClient && redirect === ownRedirect ? grant : undefined
    },
  }
}
