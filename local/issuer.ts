import { randomUUID } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as z from 'zod'
import { readBody } from './http-api/call.ts'
import { listen, stopServer } from './listen.ts'

/** The content of a token. */
export type TokenOrder = {
  scopes?: readonly string[] | undefined
  /** The accounts that the caller may use. Without it, all accounts. */
  accounts?: readonly string[] | undefined
  subject?: string | undefined
  lifetimeSeconds?: number | undefined
}

/** The scopes that the routes of serverless.yml require. */
export const allScopes = ['profiles:read', 'profiles:write', 'profiles:manage'] as const

export type RunningIssuer = {
  url: string
  tokenFor: (order?: TokenOrder) => Promise<string>
  stop: () => Promise<void>
}

const texts = z.union([z.array(z.string()), z.string().transform((text) => text.split(/[ ,]+/))])
const OrderBody = z.strictObject({
  grant_type: z.string().optional(),
  scope: texts.optional(),
  accounts: z
    .array(z.string())
    .or(z.string().transform((text) => text.split(',')))
    .optional(),
  subject: z.string().optional(),
  lifetimeSeconds: z.coerce.number().optional(),
})

/**
 * Starts a token issuer for the local stack. It publishes its key by OpenID Connect discovery and issues any token that a
 * caller asks for at `/token`. The key is generated at each start, so the tokens are useless elsewhere and later.
 */
export async function startIssuer({ port, audience }: { port: number; audience: string }): Promise<RunningIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 })
  const kid = randomUUID()
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }] }
  let url = ''

  const tokenFor = async ({
    scopes = allScopes,
    accounts,
    subject = 'local-caller',
    lifetimeSeconds,
  }: TokenOrder = {}) => {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ scope: scopes.join(' '), ...(accounts && { accounts: [...accounts] }) })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(url)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(now)
      .setJti(randomUUID())
      .setExpirationTime(now + (lifetimeSeconds ?? 12 * 3600))
      .sign(privateKey)
  }

  const issue = async (text: string, isForm: boolean): Promise<unknown> => {
    const given: unknown = isForm
      ? Object.fromEntries(new URLSearchParams(text))
      : JSON.parse(text === '' ? '{}' : text)
    const { scope, accounts, subject, lifetimeSeconds } = OrderBody.parse(given)
    const accessToken = await tokenFor({ scopes: scope, accounts, subject, lifetimeSeconds })
    return { access_token: accessToken, token_type: 'Bearer', expires_in: lifetimeSeconds ?? 12 * 3600 }
  }

  const server = createServer((request, response) => {
    void (async () => {
      const call = `${request.method} ${request.url}`
      if (call === 'GET /.well-known/openid-configuration') {
        return send(response, 200, {
          issuer: url,
          jwks_uri: `${url}/.well-known/jwks.json`,
          token_endpoint: `${url}/token`,
        })
      }
      if (call === 'GET /.well-known/jwks.json') return send(response, 200, jwks)
      if (call !== 'POST /token') return send(response, 404, { error: 'not_found' })
      try {
        const body = await readBody(request, 64 * 1024)
        const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
        return send(response, 200, await issue(body?.toString() ?? '', isForm))
      } catch (error) {
        const why = error instanceof z.ZodError ? z.prettifyError(error) : 'the body is neither JSON nor a form'
        return send(response, 400, { error: 'invalid_request', error_description: why })
      }
    })()
  })
  const actualPort = await listen(server, { port, setting: 'LOCAL_ISSUER_PORT', what: 'the token issuer' })
  url = `http://127.0.0.1:${actualPort}`
  return {
    url,
    tokenFor,
    stop: async () => stopServer(server),
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
