import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { type Answer, jsonAnswer } from './answers.ts'
import { gatewayFault, oauthError, wrongAuthentication } from './errors.ts'
import type { Ids } from '../ids.ts'
import type { SimulatorSettings } from '../settings.ts'

type TokenCall = { headers: IncomingHttpHeaders; body: string }

/** A record of one call of the token endpoint, for tests. */
export type TokenRequest = { at: string; answered: number; accessToken: string | undefined }

type Token = { value: string; expiresAt: number; refused: boolean }

const tokenApi = '/ts/v1'

/** The OAuth endpoints. There is one access token at a time, valid for an hour after its first issue. */
export const createOauth = (settings: SimulatorSettings, ids: Ids) => {
  let token: Token | undefined
  let requests: TokenRequest[] = []

  const tokenAlive = () => token !== undefined && token.expiresAt > settings.now()

  const authenticate = (headers: IncomingHttpHeaders): Answer | undefined => {
    const { authorization } = headers
    if (authorization === undefined) return gatewayFault('missing-basic', tokenApi)
    const encoded = /^Basic +(\S+)$/i.exec(authorization)?.[1]
    if (encoded === undefined) return wrongAuthentication()
    const expected = Buffer.from(`${settings.oauthKey}:${settings.oauthSecret}`)
    const given = Buffer.from(encoded, 'base64')
    const right = given.length === expected.length && timingSafeEqual(given, expected)
    return right ? undefined : gatewayFault('invalid-credentials', tokenApi)
  }

  const readForm = ({ headers, body }: TokenCall): URLSearchParams | Answer => {
    const isForm = headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded') ?? false
    const form = new URLSearchParams(isForm ? body : '')
    const grantType = form.get('grant_type')
    if (grantType === null) return oauthError('invalid_request', 'Missing grant_type parameter value')
    if (grantType !== 'client_credentials') return oauthError('unsupported_grant_type', 'Unsupported grant_type value')
    return form
  }

  const issue = (call: TokenCall): Answer => {
    const fault = authenticate(call.headers)
    if (fault !== undefined) return fault
    const form = readForm(call)
    if (!(form instanceof URLSearchParams)) return form
    const now = settings.now()
    if (token === undefined || !tokenAlive()) {
      token = { value: ids.token(), expiresAt: now + settings.times.tokenLifeMs, refused: false }
    }
    return jsonAnswer(200, {
      access_token: token.value,
      scope: 'default',
      token_type: 'Bearer',
      // A repeated call returns the same token with its remaining lifetime, which may be seconds.
      expires_in: Math.max(0, Math.floor((token.expiresAt - now) / 1000)),
    })
  }

  return {
    token: (call: TokenCall): Answer => {
      const answer = issue(call)
      const accessToken = answer.status === 200 ? token?.value : undefined
      requests.push({ at: new Date(settings.now()).toISOString(), answered: answer.status, accessToken })
      return answer
    },

    /** Revokes a token. The response has no body and returns the revoked token in a header. */
    revoke: (call: TokenCall): Answer => {
      const fault = authenticate(call.headers)
      if (fault !== undefined) return fault
      const form = readForm(call)
      if (!(form instanceof URLSearchParams)) return form
      const revoked = form.get('token')
      if (revoked === null) return oauthError('invalid_request', 'Missing token parameter value')
      if (revoked === token?.value) token = undefined
      return { status: 200, headers: { RevokedAccessToken: revoked }, body: '' }
    },

    /** Checks the bearer token of an M2M call. Returns the error response, or undefined if it is valid. */
    fault: (headers: IncomingHttpHeaders): Answer | undefined => {
      const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
      if (bearer === undefined) return gatewayFault('missing-bearer', '/m2m/v1')
      const valid = bearer === token?.value && tokenAlive() && !token.refused
      return valid ? undefined : gatewayFault('invalid-credentials', '/m2m/v1')
    },

    /** Expires the token early. `stuck`: the endpoint keeps returning the refused token until it is revoked. */
    expire: (how: 'replaceable' | 'stuck'): void => {
      if (how === 'replaceable') token = undefined
      else if (token !== undefined) token.refused = true
    },

    requests: (): readonly TokenRequest[] => requests,

    reset: (): void => {
      token = undefined
      requests = []
    },
  }
}

export type Oauth = ReturnType<typeof createOauth>
