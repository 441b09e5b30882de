import type { IncomingHttpHeaders } from 'node:http'
import * as z from 'zod'
import { type Answer, jsonAnswer } from './answers.ts'
import { refusal } from './errors.ts'
import type { Ids } from '../ids.ts'
import { parseJson } from '../../parse-json.ts'
import type { SimulatorSettings } from '../settings.ts'

/** A record of one login, for tests. It does not contain the password. */
export type Login = { at: string; username: string; succeeded: boolean; sessionToken: string | undefined }

type Session = { lastUsedAt: number; ended: 'no' | 'expired' | 'logged-out' }

/** ThingSpace locks a user after five wrong passwords in a row. Only Verizon's support can unlock it. */
const loginsUntilLock = 5

const Credentials = z.object({ username: z.string(), password: z.string() })
const OldPassword = z.object({ oldPassword: z.string() })

/** The M2M sessions (header VZ-M2M-Token). A session expires after 20 minutes without a call. */
export const createSessions = (settings: SimulatorSettings, ids: Ids) => {
  let password = settings.password
  let logins: Login[] = []
  const sessions = new Map<string, Session>()
  const failures = new Map<string, number>()

  const endAll = () => {
    for (const session of sessions.values()) if (session.ended === 'no') session.ended = 'expired'
  }

  const isLocked = (username: string) => (failures.get(username) ?? 0) >= loginsUntilLock

  const recordLogin = (username: string, sessionToken: string | undefined) => {
    const at = new Date(settings.now()).toISOString()
    logins.push({ at, username, succeeded: sessionToken !== undefined, sessionToken })
  }

  return {
    login: (body: string): Answer => {
      const given = Credentials.safeParse(parseJson(body))
      if (!given.success) return refusal('DeserializationFailed', 'username and password')
      const { username } = given.data
      const right = username === settings.username && given.data.password === password
      if (!right || isLocked(username)) {
        failures.set(username, (failures.get(username) ?? 0) + 1)
        recordLogin(username, undefined)
        // The code for a locked user is not documented. A client that stops after the first failure never sees it.
        return refusal('INPUT_INVALID.Password.Invalid', isLocked(username) ? 'the user is locked' : '')
      }
      failures.delete(username)
      if (settings.oneSessionOnly) endAll()
      const sessionToken = ids.uuid()
      sessions.set(sessionToken, { lastUsedAt: settings.now(), ended: 'no' })
      recordLogin(username, sessionToken)
      return jsonAnswer(200, { sessionToken })
    },

    /** Checks the session of a call and extends it. Returns the error response, or undefined if it is valid. */
    fault: (headers: IncomingHttpHeaders): Answer | undefined => {
      const sessionToken = headers['vz-m2m-token']
      if (typeof sessionToken !== 'string' || sessionToken === '') return refusal('REQUEST_FAILED.SessionToken.Format')
      const session = sessions.get(sessionToken)
      if (session === undefined || session.ended === 'logged-out') return refusal('INPUT_INVALID.SessionToken.Invalid')
      const now = settings.now()
      if (now - session.lastUsedAt >= settings.times.sessionIdleMs) session.ended = 'expired'
      if (session.ended === 'expired') return refusal('REQUEST_FAILED.SessionToken.Expired')
      session.lastUsedAt = now
      return undefined
    },

    logout: (headers: IncomingHttpHeaders): Answer => {
      const sessionToken = headers['vz-m2m-token']
      const session = typeof sessionToken === 'string' ? sessions.get(sessionToken) : undefined
      if (session !== undefined) session.ended = 'logged-out'
      return jsonAnswer(200, { sessionToken })
    },

    /** Sets a random new password, which is valid immediately. */
    resetPassword: (body: string): Answer => {
      const given = OldPassword.safeParse(parseJson(body))
      if (!given.success) return refusal('DeserializationFailed', 'oldPassword')
      if (given.data.oldPassword !== password) return refusal('INPUT_INVALID.Password.Invalid')
      password = `Wh0${ids.token().slice(0, 12)}`
      return jsonAnswer(200, { newPassword: password })
    },

    /** Whether a text is the login user name or password. Listener credentials must be different. */
    isLoginCredential: (text: string): boolean => text === settings.username || text === password,

    endAll,
    unlock: (): void => failures.clear(),
    lockedUsers: (): string[] => [...failures.keys()].filter(isLocked),
    logins: (): readonly Login[] => logins,

    reset: (): void => {
      password = settings.password
      logins = []
      sessions.clear()
      failures.clear()
    },
  }
}

export type Sessions = ReturnType<typeof createSessions>
