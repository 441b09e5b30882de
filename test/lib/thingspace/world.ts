import { setTimeout as sleep } from 'node:timers/promises'
import type { Fields, Log } from '../../../lib/profile/ports.ts'
import type { SubmitCall } from '../../../lib/profile/submission/thingspace.ts'
import { createAgent } from '../../../lib/thingspace/agent.ts'
import { createCredentials, type CredentialsDeps } from '../../../lib/thingspace/credentials/credentials.ts'
import type { CredentialRecord, ThingSpaceSecret } from '../../../lib/thingspace/credentials/ports.ts'
import { fakeCredentialStore } from '../../fakes/credential-store.ts'
import type { ScriptedServer } from './scripted-server.ts'

export const paths = {
  token: '/ts/v1/oauth2/token',
  revoke: '/ts/v1/oauth2/revoke',
  login: '/m2m/v1/session/login',
  enable: '/m2m/v1/devices/profile/actions/enable',
} as const

export const secret: ThingSpaceSecret = {
  oauthKey: 'key-sentinel',
  oauthSecret: 'oauth-secret-sentinel',
  username: 'user-sentinel',
  password: 'password-sentinel',
}

export type Line = { level: string; message: string; fields: Fields | undefined }

export function listeningLog(): Log & { lines: Line[] } {
  const lines: Line[] = []
  const line = (level: string) => (message: string, fields?: object) =>
    void lines.push({ level, message, fields: fields as Fields })
  return { lines, info: line('info'), warn: line('warn'), error: line('error') }
}

export const goodRecord = (over: Partial<CredentialRecord> = {}): CredentialRecord => ({
  epoch: 1,
  accessToken: 'bearer-1',
  accessTokenExpiresAt: Date.now() + 3_600_000,
  sessionToken: 'session-1',
  failedLogins: 0,
  ...over,
})

/** The surroundings of the client: one scripted ThingSpace, one shared record, and any number of environments. */
export function world(server: ScriptedServer, record: CredentialRecord | undefined = goodRecord()) {
  const log = listeningLog()
  const store = fakeCredentialStore(record === undefined ? {} : { default: record })
  const secrets = {
    current: { ...secret },
    cached: { ...secret },
    fresh: 0,
    async thingSpaceSecret(_credentialSet: string, options?: { fresh?: boolean }) {
      if (options?.fresh === true) {
        secrets.fresh += 1
        secrets.cached = secrets.current
      }
      return secrets.cached
    },
  }
  const environment = (over: Partial<CredentialsDeps> = {}) => {
    const wire = {
      baseUrl: server.url,
      agent: createAgent(server.url, { maxSockets: 1 }),
      connectTimeoutMilliseconds: 1_000,
      now: Date.now,
      log,
    }
    const credentials = createCredentials({ ...wire, store, secrets, random: Math.random, sleep, ...over })
    return { ...wire, credentials, credentialSetFor: () => 'default' }
  }
  return { log, store, secrets, environment }
}

export const aSubmission = (over: Partial<SubmitCall> = {}): SubmitCall => ({
  accountName: '0000123456-00001',
  action: 'enable',
  family: 'local',
  fields: { smsrOid: '1.3.6.1' },
  devices: [
    [
      { kind: 'eid', id: '89049032000001000000000000000001' },
      { kind: 'iccid', id: '89148000000840784251' },
    ],
  ],
  budgetMilliseconds: 5_000,
  ...over,
})
