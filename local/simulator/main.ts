import * as z from 'zod'
import { processEnvironment } from '../process-environment.ts'
import { magicTable } from './magic-table.ts'
import { createThingSpaceSimulator } from './simulator.ts'

const milliseconds = z.coerce.number().int().min(0).optional()
const port = z.coerce.number().int().min(0).max(65_535)
const list = z.string().transform((text) => text.split(',').map((part) => part.trim()))

/** The settings of `npm run simulator`, as environment variables. README.md documents each of them. */
const Environment = z.object({
  SIMULATOR_HOST: z.string().optional(),
  SIMULATOR_PORT: port.default(9080),
  SIMULATOR_CONTROL_PORT: port.default(9081),
  SIMULATOR_OAUTH_KEY: z.string().optional(),
  SIMULATOR_OAUTH_SECRET: z.string().optional(),
  SIMULATOR_USERNAME: z.string().optional(),
  SIMULATOR_PASSWORD: z.string().optional(),
  SIMULATOR_ACCOUNTS: list.optional(),
  SIMULATOR_READING: z.enum(['permissive', 'documented', 'strict']).optional(),
  SIMULATOR_ANY_LISTENER_PORT: z.enum(['always', 'loopback', 'never']).optional(),
  SIMULATOR_ONE_SESSION_ONLY: z.stringbool().optional(),
  SIMULATOR_MAX_CALLBACK_THRESHOLD: z.coerce.number().int().min(1).max(10).optional(),
  SIMULATOR_CALLBACK_CONCURRENCY: z.coerce.number().int().min(1).max(500).optional(),
  SIMULATOR_CALLBACK_DELAY_MS: milliseconds,
  SIMULATOR_FINAL_DELAY_MS: milliseconds,
  SIMULATOR_LATE_DELAY_MS: milliseconds,
  SIMULATOR_REDELIVERY_DELAY_MS: milliseconds,
  SIMULATOR_NO_ANSWER_MS: milliseconds,
  SIMULATOR_ABANDON_MS: milliseconds,
  SIMULATOR_SESSION_IDLE_MS: milliseconds,
  SIMULATOR_TOKEN_LIFE_MS: milliseconds,
  SIMULATOR_SEED: z.string().optional(),
})

const fail = (sentence: string): never => {
  console.error(`ThingSpace simulator: ${sentence}`)
  process.exit(1)
}

const read = Environment.safeParse(processEnvironment())
const environment = read.success ? read.data : fail(`invalid environment variables.\n${z.prettifyError(read.error)}`)

const simulator = createThingSpaceSimulator({
  host: environment.SIMULATOR_HOST,
  port: environment.SIMULATOR_PORT,
  controlPort: environment.SIMULATOR_CONTROL_PORT,
  oauthKey: environment.SIMULATOR_OAUTH_KEY,
  oauthSecret: environment.SIMULATOR_OAUTH_SECRET,
  username: environment.SIMULATOR_USERNAME,
  password: environment.SIMULATOR_PASSWORD,
  accounts: environment.SIMULATOR_ACCOUNTS,
  reading: environment.SIMULATOR_READING,
  anyListenerPort: environment.SIMULATOR_ANY_LISTENER_PORT,
  oneSessionOnly: environment.SIMULATOR_ONE_SESSION_ONLY,
  maxCallbackThreshold: environment.SIMULATOR_MAX_CALLBACK_THRESHOLD,
  callbackConcurrency: environment.SIMULATOR_CALLBACK_CONCURRENCY,
  seed: environment.SIMULATOR_SEED,
  times: {
    callbackDelayMs: environment.SIMULATOR_CALLBACK_DELAY_MS,
    finalDelayMs: environment.SIMULATOR_FINAL_DELAY_MS,
    lateDelayMs: environment.SIMULATOR_LATE_DELAY_MS,
    redeliveryDelayMs: environment.SIMULATOR_REDELIVERY_DELAY_MS,
    noAnswerMs: environment.SIMULATOR_NO_ANSWER_MS,
    abandonMs: environment.SIMULATOR_ABANDON_MS,
    sessionIdleMs: environment.SIMULATOR_SESSION_IDLE_MS,
    tokenLifeMs: environment.SIMULATOR_TOKEN_LIFE_MS,
  },
})

try {
  const { baseUrl, controlUrl } = await simulator.start()
  const { oauthKey, oauthSecret, username, password } = simulator.settings
  console.log(`ThingSpace simulator at ${baseUrl}/api, control at ${controlUrl}. Press Ctrl-C to stop.

OAuth key and secret   ${oauthKey} : ${oauthSecret}
user and password      ${username} : ${password}

The last four digits of a device's ICCID (else EID, IMEI) select its result. All other devices succeed:
${magicTable.map(({ suffix, summary }) => `  ${suffix}  ${summary}`).join('\n')}

Try it:
  BASE=${baseUrl}/api
  TOKEN=$(curl -s -u '${oauthKey}:${oauthSecret}' -d grant_type=client_credentials $BASE/ts/v1/oauth2/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  SESSION=$(curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{"username":"${username}","password":"${password}"}' $BASE/m2m/v1/session/login | sed 's/.*"sessionToken":"\\([^"]*\\)".*/\\1/')
  curl -sw '\\n' -H "Authorization: Bearer $TOKEN" -H "VZ-M2M-Token: $SESSION" -H 'Content-Type: application/json' \\
    -d '{"name":"DeviceProfileService","url":"http://127.0.0.1:9001/callbacks","username":"me","password":"mine"}' \\
    $BASE/m2m/v1/callbacks/0000123456-00001
  curl -sw '\\n' -H "Authorization: Bearer $TOKEN" -H "VZ-M2M-Token: $SESSION" -H 'Content-Type: application/json' \\
    -d '{"accountName":"0000123456-00001","smsrOid":"1.3.6.1.4.1.31746.1.500.200.101.5","devices":[{"deviceIds":[
        {"kind":"eid","id":"89033023000000000000000000000001"},{"kind":"iccid","id":"89148000000000009002"}]}]}' \\
    $BASE/m2m/v1/devices/profile/actions/download_enable
  sleep 2; curl -sw '\\n' ${controlUrl}/callbacks
  curl -sw '\\n' -X PUT -H 'Content-Type: application/json' -d '{"kind":"503","count":2}' ${controlUrl}/bad-days
`)
} catch (error) {
  fail(`${error instanceof Error ? error.message : String(error)}.`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void simulator.stop().then(() => process.exit(0))
  })
}
