import type { IncomingHttpHeaders } from 'node:http'
import { type Answer, jsonAnswer } from './answers.ts'
import { gatewayFault, refusal } from './errors.ts'
import type { Listeners } from './listeners.ts'
import type { Oauth } from './oauth.ts'
import { requestStatus } from './request-status.ts'
import type { Call } from './routes.ts'
import type { Sessions } from './session.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { Submissions } from './submissions.ts'
import { readProfileRequest } from './validation.ts'

/** The parts of the simulator that answer API calls. */
export type ApiParts = {
  settings: SimulatorSettings
  oauth: Oauth
  sessions: Sessions
  listeners: Listeners
  submissions: Submissions
}

type Received = { headers: IncomingHttpHeaders; body: string }

/** Answers a call as ThingSpace does without simulated faults: routing, token, session, content type, then the call. */
export const answerCall = async (call: Call, received: Received, parts: ApiParts): Promise<Answer> => {
  const { oauth, sessions, listeners, submissions } = parts
  const isStrict = parts.settings.reading === 'strict'
  if (call.kind === 'unknown' || (isStrict && call.kind === 'action' && call.sdkPath === true)) {
    return gatewayFault('no-such-resource', '/m2m/v1')
  }
  if (call.kind === 'token') return oauth.token(received)
  if (call.kind === 'revoke') return oauth.revoke(received)

  const { headers, body } = received
  const refused = oauth.fault(headers) ?? (call.kind === 'login' ? undefined : sessions.fault(headers))
  if (refused !== undefined) return refused
  if (hasJsonBody(call) && !(headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) {
    return refusal('DeserializationFailed', 'the content type must be application/json')
  }
  switch (call.kind) {
    case 'login':
      return sessions.login(body)
    case 'logout':
      return sessions.logout(headers)
    case 'reset-password':
      return sessions.resetPassword(body)
    case 'register':
      return listeners.register(call.accountName, body)
    case 'list-listeners':
      return listeners.list(call.accountName)
    case 'deregister':
      return listeners.deregister(call.accountName, call.serviceName)
    case 'action': {
      const request = readProfileRequest(call.action, body, parts.settings)
      if ('status' in request) return request
      return jsonAnswer(200, { requestId: await submissions.accept(request) })
    }
    case 'request-status':
      return requestStatus(call, submissions, parts.settings.reading)
  }
}

const hasJsonBody = (call: Call): boolean =>
  call.kind === 'login' || call.kind === 'reset-password' || call.kind === 'register' || call.kind === 'action'
