import * as oauth from 'oauth4webapi'
import type { SignInSettings } from './settings.ts'

/** What must be kept between the start of a sign-in and its end. It is no credential without the issuer's answer. */
export type PendingSignIn = { verifier: string; state: string; nonce: string }

/** The issuer's answer: tokens, and what the ID token says about the person. */
export type SignedIn = { token: string; expiresInSeconds: number; name: string | undefined }

const scopesOf = (settings: SignInSettings) => settings.scopes.split(' ').filter((scope) => scope !== '')

/** Plain HTTP is for the local stack only. */
const options = ({ issuer }: SignInSettings) => ({
  [oauth.allowInsecureRequests]: /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(issuer),
})

const redirectUri = (): string => `${location.origin}${location.pathname}`

let discovered: Promise<oauth.AuthorizationServer> | undefined

function discover(settings: SignInSettings): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(settings.issuer)
  discovered ??= oauth
    .discoveryRequest(issuer, { algorithm: 'oidc', ...options(settings) })
    .then((response) => oauth.processDiscoveryResponse(issuer, response))
  discovered.catch(() => (discovered = undefined))
  return discovered
}

/** Prepares a sign-in by authorization code with PKCE: the issuer's address to open, and what to keep. */
export async function prepareSignIn(
  settings: SignInSettings,
  kind: 'first' | 'again',
): Promise<{ address: string; pending: PendingSignIn }> {
  const server = await discover(settings)
  if (server.authorization_endpoint === undefined) throw new Error('the issuer has no authorization endpoint')
  const verifier = oauth.generateRandomCodeVerifier()
  const state = `${kind}.${oauth.generateRandomState()}`
  const nonce = oauth.generateRandomNonce()
  const address = new URL(server.authorization_endpoint)
  const parameters = {
    ...settings.parameters,
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: redirectUri(),
    scope: scopesOf(settings).join(' '),
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(scopesOf(settings).includes('openid') && { nonce }),
  }
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  return { address: address.href, pending: { verifier, state, nonce } }
}

/** Exchanges the issuer's answer for a token. Throws if the answer is not the one to this sign-in. */
export async function completeSignIn(
  settings: SignInSettings,
  answer: URLSearchParams,
  { verifier, state, nonce }: PendingSignIn,
): Promise<SignedIn> {
  const server = await discover(settings)
  const client = { client_id: settings.clientId }
  const checked = oauth.validateAuthResponse(server, client, answer, state)
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    checked,
    redirectUri(),
    verifier,
    options(settings),
  )
  const isOpenId = scopesOf(settings).includes('openid')
  const issued = await oauth.processAuthorizationCodeResponse(server, client, response, {
    ...(isOpenId && { expectedNonce: nonce, requireIdToken: true }),
  })
  const claims = oauth.getValidatedIdTokenClaims(issued)
  const named = claims?.['name'] ?? claims?.['email'] ?? claims?.['preferred_username']
  return {
    token: issued.access_token,
    expiresInSeconds: issued.expires_in ?? 3600,
    name: typeof named === 'string' ? named : undefined,
  }
}
