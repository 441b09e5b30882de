import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import * as z from 'zod'
import { scopes as allScopes } from '../lib/http/access/scopes.ts'
import { readBody } from './http-api/call.ts'
import { createAuthorizationCodes, type Grant } from './issuer/authorization-codes.ts'
import { readyPeople } from './issuer/people.ts'
import { signInPage } from './issuer/sign-in-page.ts'
import { type TokenShapeName, tokenShapes } from './issuer/token-shapes.ts'
import { listen, stopServer } from './listen.ts'

/** The content of a token. */
export type TokenOrder = {
  scopes?: readonly string[] | undefined
  /** The accounts that the caller may use. Without it, `*`: all accounts. */
  accounts?: readonly string[] | undefined
  subject?: string | undefined
  lifetimeSeconds?: number | undefined
}

export type RunningIssuer = {
  url: string
  tokenFor: (order?: TokenOrder) => Promise<string>
  /** Signs any claims with the issuer's key. */
  sign: (claims: JWTPayload) => Promise<string>
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
 * `accounts` are those that the people of the sign-in page may use. `shape`: the issuer whose tokens are imitated.
 */
type IssuerOptions = { port: number; audience: string; accounts?: readonly string[]; shape?: TokenShapeName }

/**
 * Starts a token issuer for the local stack. It publishes its key by OpenID Connect discovery and issues any token that a
 * caller asks for at `/token`. At `/authorize` it lets people sign in to the console. The key is generated at each start,
 * so the tokens are useless elsewhere and later.
 */
export async function startIssuer({
  port,
  audience,
  accounts: known = [],
  shape = 'plain',
}: IssuerOptions): Promise<RunningIssuer> {
  const people = readyPeople(known)
  const codes = createAuthorizationCodes()
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 })
  const kid = randomUUID()
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }] }
  let url = ''

  const sign = async (claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).setJti(randomUUID()).sign(privateKey)

  const tokenFor = async ({
    scopes = allScopes,
    accounts = ['*'],
    subject = 'local-caller',
    lifetimeSeconds,
  }: TokenOrder = {}) => {
    const now = Math.floor(Date.now() / 1000)
    const expiresAt = now + (lifetimeSeconds ?? 12 * 3600)
    const content = { issuer: url, audience, subject, scopes, accounts, issuedAt: now, expiresAt }
    return sign(tokenShapes[shape].accessToken(content))
  }

  /** The answer to the code of a person who signed in. */
  const signIn = async ({ person, request }: Grant): Promise<Record<string, unknown>> => {
    const asked = request.scope.split(' ')
    const scopes = person.scopes.filter((scope) => asked.includes(scope))
    const lifetimeSeconds = request.lifetime_seconds ?? 12 * 3600
    const now = Math.floor(Date.now() / 1000)
    const idToken = new SignJWT({ name: person.name, ...(request.nonce !== undefined && { nonce: request.nonce }) })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(url)
      .setAudience(request.client_id)
      .setSubject(person.subject)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds)
    const { subject, accounts } = person
    return {
      access_token: await tokenFor({ scopes, accounts, subject, lifetimeSeconds }),
      id_token: await idToken.sign(privateKey),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      scope: ['openid', ...scopes].join(' '),
    }
  }

  /** Shows the people, or leads the chosen one back to the client. */
  const authorize = (query: URLSearchParams, response: ServerResponse): void => {
    const request = codes.read(query)
    const person = people.find(({ subject }) => subject === request.person)
    if (person !== undefined) {
      response.writeHead(302, { location: codes.grant(request, person, url), 'cache-control': 'no-store' }).end()
      return
    }
    const page = signInPage(people, ({ subject }) => `/authorize?${String(query)}&person=${subject}`)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page)
  }

  const issue = async (text: string, isForm: boolean): Promise<unknown> => {
    const given: unknown = isForm
      ? Object.fromEntries(new URLSearchParams(text))
      : JSON.parse(text === '' ? '{}' : text)
    if (isForm && new URLSearchParams(text).get('grant_type') === 'authorization_code') {
      const grant = codes.redeem(given)
      return grant === undefined ? undefined : signIn(grant)
    }
    const { scope, accounts, subject, lifetimeSeconds } = OrderBody.parse(given)
    const accessToken = await tokenFor({ scopes: scope, accounts, subject, lifetimeSeconds })
    return { access_token: accessToken, token_type: 'Bearer', expires_in: lifetimeSeconds ?? 12 * 3600 }
  }

  const server = createServer((request, response) => {
    void (async () => {
      const [path = '', query = ''] = (request.url ?? '').split('?')
      const call = `${request.method} ${path}`
      allowLocalPages(request, response)
      if (call === 'GET /.well-known/openid-configuration') {
        return send(response, 200, {
          issuer: url,
          jwks_uri: `${url}/.well-known/jwks.json`,
          authorization_endpoint: `${url}/authorize`,
          token_endpoint: `${url}/token`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
          authorization_response_iss_parameter_supported: true,
        })
      }
      if (call === 'GET /.well-known/jwks.json') return send(response, 200, jwks)
      if (call !== 'POST /token' && call !== 'GET /authorize') return send(response, 404, { error: 'not_found' })
      try {
        if (call === 'GET /authorize') return authorize(new URLSearchParams(query), response)
        const body = await readBody(request, 64 * 1024)
        const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
        const issued = await issue(body?.toString() ?? '', isForm)
        if (issued === undefined) return send(response, 400, { error: 'invalid_grant' })
        return send(response, 200, issued)
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
    sign,
    stop: async () => stopServer(server),
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

/** Lets pages of this machine, such as the console, read the answers. */
function allowLocalPages(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers
  if (origin === undefined || !/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin)) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('vary', 'origin')
}
