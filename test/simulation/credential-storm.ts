import { createThingSpaceClient } from '../../lib/thingspace/client.ts'
import { createCredentials } from '../../lib/thingspace/credentials/credentials.ts'
import { createAgent } from '../../lib/thingspace/agent.ts'
import type { SendCall, SendResult } from '../../lib/thingspace/https.ts'
import type { ThingSpaceSecret } from '../../lib/thingspace/credentials/ports.ts'
import { sealTokens } from '../../lib/thingspace/credentials/sealed-tokens.ts'
import { credentialStore } from '../../lib/store/credentials/credentials.ts'
import type { SubmissionOutcome } from '../../lib/profile/request/outcome.ts'
import { account, eidOf, iccidOf } from '../builders.ts'
import { createFakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import { table, tableName } from './deployment.ts'
import { gatedTable } from './gated-table.ts'
import type { Plan } from './plan.ts'
import { seeded } from './random.ts'
import { type Invocation, Scheduler } from './scheduler.ts'
import { Violation } from './violation.ts'
import { scanForSecrets } from './secret-scan.ts'

const beginning = 1_790_000_000_000
const lockedAfter = 5

/** ThingSpace's credentials as seen on the wire: one token per hour, one session at a time, five failed logins. */
class CredentialServer {
  logins = 0
  failed = 0
  session = 'session-sentinel-1'
  posts = 0
  password = 'right-password-sentinel'
  #requests = 0

  answer(call: SendCall): SendResult {
    const reply = (status: number, body: object): SendResult => ({
      kind: 'answer',
      status,
      headers: {},
      body: JSON.stringify(body),
    })
    if (call.url.endsWith('/oauth2/token')) return reply(200, { access_token: 'bearer-sentinel', expires_in: 3600 })
    if (call.url.endsWith('/oauth2/revoke')) return reply(200, {})
    if (call.url.endsWith('/session/login')) return this.#logIn(call, reply)
    if (call.headers['vz-m2m-token'] !== this.session) {
      return reply(401, { errorCode: 'UnifiedWebService.REQUEST_FAILED.SessionToken.Expired', errorMessage: 'expired' })
    }
    this.posts += 1
    this.#requests += 1
    return reply(200, { requestId: `upstream-${this.#requests}` })
  }

  #logIn(call: SendCall, reply: (status: number, body: object) => SendResult): SendResult {
    this.logins += 1
    if (this.failed >= lockedAfter) throw new Error('the account is locked')
    if (!(call.body ?? '').includes(this.password)) {
      this.failed += 1
      return reply(401, { errorCode: 'UnifiedWebService.INPUT_INVALID.Credentials', errorMessage: 'wrong' })
    }
    // Verizon does not document whether a second login ends the first session. The worse case is assumed.
    this.session = `session-sentinel-${this.logins + 1}`
    return reply(200, { sessionToken: this.session })
  }
}

/** Many environments with the real credentials and client, one shared record and a simulated wire. */
export class CredentialStorm {
  readonly server = new CredentialServer()
  readonly scheduler: Scheduler
  readonly outcomes: (SubmissionOutcome | 'crashed')[] = []
  password = this.server.password
  readonly #dynamoDb
  readonly #random

  constructor(seed: number, plan: Plan) {
    this.#random = seeded(seed)
    this.scheduler = new Scheduler({
      startAt: beginning,
      random: this.#random,
      plan,
      maximumSteps: 400_000,
      afterEffect: () => undefined,
    })
    this.#dynamoDb = createFakeDynamoDb({ tables: [table], now: () => this.scheduler.now, removeUndefinedValues: true })
  }

  /** Lets an environment submit this many times, one minute apart. */
  environment(at: number, times: number): void {
    const current: { invocation: Invocation | undefined } = { invocation: undefined }
    const client = this.#client(() => current.invocation!)
    const submit = (left: number): void => {
      this.scheduler.invoke(
        'submit',
        (invocation) => {
          current.invocation = invocation
          const devices = [
            [
              { kind: 'eid', id: eidOf(1) },
              { kind: 'iccid', id: iccidOf(1) },
            ],
          ] as const
          const fields = { smsrOid: '1.3.6.1' }
          return client.submit({
            accountName: account,
            action: 'enable',
            family: 'local',
            fields,
            devices,
            budgetMilliseconds: 20_000,
          })
        },
        (outcome) => {
          this.outcomes.push(outcome.kind === 'done' ? outcome.value : 'crashed')
          // A crashed environment loses everything that it had in memory.
          if (left > 1 && outcome.kind !== 'crashed') this.scheduler.after(60_000, () => submit(left - 1))
        },
      )
    }
    this.scheduler.after(at, () => submit(times))
  }

  #client(current: () => Invocation) {
    const { scheduler, server } = this
    const note = (_message: string, fields?: object): void =>
      scheduler.guard(() => scanForSecrets(fields, 'a log line'))
    const log = { info: note, warn: note, error: note }
    const send = (call: SendCall): Promise<SendResult> =>
      scheduler.gate(current(), {
        label: call.url,
        faults: ['lost', 'refused'],
        perform: () => server.answer(call),
        onLost: (): SendResult => ({ kind: 'lost', cause: 'timeout', reusedConnection: false }),
        onRefused: (): SendResult => ({ kind: 'not-sent', cause: 'refused' }),
        takes: 400,
      })
    const wire = {
      baseUrl: 'https://thingspace.test/api',
      agent: createAgent('http://thingspace.test', { maxSockets: 1 }),
      connectTimeoutMilliseconds: 5_000,
      now: () => scheduler.now,
      send,
    }
    const secret = (): ThingSpaceSecret => ({
      oauthKey: 'oauth-key',
      oauthSecret: 'oauth-secret-sentinel',
      username: 'uws',
      password: this.password,
    })
    const sleep = (milliseconds: number) =>
      new Promise<void>((resolve) => scheduler.after(milliseconds, () => resolve()))
    const kept = { tableName, retainSeconds: 1, clock: wire.now, sleep, random: this.#random.next }
    const secrets = { thingSpaceSecret: () => Promise.resolve(secret()) }
    const credentials = createCredentials({
      ...wire,
      store: sealTokens(credentialStore({ ...kept, client: gatedTable(this.#dynamoDb, scheduler, current) }), secrets),
      secrets,
      random: this.#random.next,
      sleep,
      log,
    })
    return createThingSpaceClient({ ...wire, credentials, log, credentialSetFor: () => 'default' })
  }
}

/** 200 environments find the same session expired at the same time. They must log in once. */
export async function expiredSession(environments: number, seed: number, plan: Plan): Promise<number> {
  const storm = new CredentialStorm(seed, plan)
  // A first environment logs in, all environments read that session, and then ThingSpace ends it.
  for (let index = 0; index < environments; index += 1) storm.environment(index === 0 ? 0 : 20_000, 2)
  storm.scheduler.after(50_000, () => {
    storm.server.session = 'ended'
  })
  await storm.scheduler.run()
  const allowed = 2 + plan.size
  if (storm.server.logins > allowed) throw new Violation('I8 bounded', `${storm.server.logins} logins for two sessions`)
  const crashed = storm.outcomes.filter((outcome) => outcome === 'crashed').length
  const accepted = storm.outcomes.filter((outcome) => outcome !== 'crashed' && outcome.kind === 'accepted').length
  if (plan.size === 0 && accepted !== 2 * environments) {
    throw new Violation('I1 durability', `${accepted} of ${2 * environments} calls were accepted`)
  }
  return crashed + accepted
}

/** Wrong credentials: two login attempts, then all environments wait. A changed secret opens the latch. */
export async function wrongCredentials(environments: number, seed: number, plan: Plan): Promise<void> {
  const storm = new CredentialStorm(seed, plan)
  storm.password = 'wrong-password-sentinel'
  for (let index = 0; index < environments; index += 1) storm.environment(index * 10, 5)
  await storm.scheduler.run()
  // A login whose process dies before it is counted cannot be counted by anyone.
  if (storm.server.failed > 2 + plan.size) throw new Violation('I8 bounded', `${storm.server.failed} failed logins`)
  for (const outcome of storm.outcomes) {
    if (outcome === 'crashed' || outcome.kind === 'not-accepted') continue
    throw new Violation('I3 honesty', `a call without credentials is ${outcome.kind}`)
  }
  storm.password = storm.server.password
  storm.outcomes.length = 0
  storm.environment(600_000, 1)
  storm.environment(600_000, 1)
  await storm.scheduler.run()
  if (storm.outcomes.some((outcome) => outcome !== 'crashed' && outcome.kind !== 'accepted')) {
    throw new Violation('I1 durability', 'a changed secret does not open the latch')
  }
}
