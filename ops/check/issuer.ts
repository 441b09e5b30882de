import * as z from 'zod'
import { plural } from '../output/wording.ts'
import { attempt, causeOf, fail, type Finding, ok, unknown } from './finding.ts'
import type { Check, CheckSources } from './sources.ts'

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })
const Keys = z.object({ keys: z.array(z.object({ kty: z.string(), kid: z.string().optional() })) })
const Claims = z.object({ iss: z.string().optional(), exp: z.number().optional() })

/** A request id that no caller has. Reading it shows whether a token is accepted, and changes nothing. */
const nobodysRequest = '00000000-0000-4000-8000-000000000000'

/** The issuer of the callers' tokens: its discovery document, its keys, and a given token. */
export const checkIssuer: Check = async (sources) => [
  ...(await attempt('issuer', async () => issuerFinding(sources))),
  ...(await attempt('token', async () => tokenFinding(sources))),
]

async function issuerFinding({ fetch, issuerUrl, token }: CheckSources): Promise<Finding> {
  const name = 'issuer'
  const url = issuerUrl ?? claimsOf(token)?.iss
  if (url === undefined) return unknown(name, 'no issuer was named', 'add --issuer <jwtIssuer> or --token <token>')
  const mend = 'compare jwtIssuer with the discovery document of your identity provider'
  const document = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`
  try {
    const discovery = Discovery.parse(JSON.parse((await fetch(document)).text))
    if (discovery.issuer !== url) return fail(name, `the document names another issuer: ${discovery.issuer}`, mend)
    const { keys } = Keys.parse(JSON.parse((await fetch(discovery.jwks_uri)).text))
    const usable = keys.filter(({ kty }) => kty === 'RSA')
    // API Gateway's JWT authorizer supports RSA only.
    return usable.length === 0
      ? fail(name, 'it publishes no RSA key, and API Gateway accepts no other', 'let the provider sign with RS256')
      : ok(name, `publishes ${plural(usable.length, 'usable key')}`)
  } catch (error) {
    return fail(name, `its document or keys cannot be read at ${document}: ${causeOf(error)}`, mend)
  }
}

async function tokenFinding({ fetch, publicUrl, token, clock }: CheckSources): Promise<Finding> {
  const name = 'token'
  if (token === undefined) return unknown(name, 'no token was given', 'add --token <token>')
  const expiresAt = claimsOf(token)?.exp
  if (expiresAt !== undefined && expiresAt * 1000 < clock()) {
    return fail(name, `it expired at ${new Date(expiresAt * 1000).toISOString()}`, 'use a fresh token')
  }
  const { status, text } = await fetch(`${publicUrl()}/v1/requests/${nobodysRequest}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  switch (status) {
    case 404:
      return ok(name, 'is accepted for reading')
    case 401:
      return fail(name, 'is refused: wrong issuer, audience, key or time', 'compare jwtIssuer and jwtAudience')
    case 403:
      return fail(name, `lacks the scope for reading, or names no caller: ${text.slice(0, 200)}`, 'see docs/api.md')
    default:
      return fail(name, `reading with it was answered ${status}`, 'look at the log of query-requests')
  }
}

/** Reads the claims of a token without checking it. The API checks it. */
function claimsOf(token: string | undefined): z.infer<typeof Claims> | undefined {
  try {
    return Claims.parse(JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()))
  } catch {
    return undefined
  }
}
