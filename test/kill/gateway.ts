import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { readSettings } from '../../local/settings.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { accountId, credentials } from '../../local/aws/account.ts'
import type { ThingSpaceSimulator } from '../../local/simulator/thingspace-simulator.ts'
import type { TraceLine } from '../../local/trace.ts'
import type { FaultPlan } from './fault-plan.ts'
import { processHost } from './host.ts'

/** Each account has its own credential set, so that a killed renewal delays one account only. */
export const accounts = ['0000200001-00001', '0000200002-00001', '0000200003-00001', '0000200004-00001'] as const
const setOf = (account: string): string => `set-${account.slice(0, 10)}`

/** Texts that must be found only where they belong. */
export const sentinels = {
  oauthKey: 'sentinel-oauth-key-7c1e',
  oauthSecret: 'sentinel-oauth-secret-9b20',
  username: 'sentinel-login-user-44d1',
  password: 'sentinel-login-password-e05f',
  callbackUser: 'sentinel-callback-user-81aa',
  callbackPassword: 'sentinel-callback-password-3f7d',
  segment: 'sentinel-segment-5d92',
} as const

/** All times: short, and in the same order as deployed (function < lease < visibility). */
export type Pace = {
  leaseSeconds: number
  visibilitySeconds: number
  graceSeconds: number
  resultsSeconds: number
  /** When the simulator sends the result of a device whose result is late: after it has expired. */
  lateMs: number
  /** How often to check whether nothing is left to do. */
  lookEveryMs: number
}

const environmentOf = (pace: Pace) => ({
  LOCAL_PORT: '0',
  LOCAL_ISSUER_PORT: '0',
  LOCAL_SIMULATOR_PORT: '0',
  LOCAL_SIMULATOR_CONTROL_PORT: '0',
  LOCAL_ACCOUNTS: accounts.join(','),
  LOCAL_CALLBACK_SEGMENT: sentinels.segment,
  LOCAL_CALLBACK_USERNAME: sentinels.callbackUser,
  LOCAL_CALLBACK_PASSWORD: sentinels.callbackPassword,
  LOCAL_DEVICES_PER_SUBMISSION: '40',
  LOCAL_DEVICES_PER_SUBMISSION_GLOBAL: '60',
  LOCAL_LEASE_SECONDS: String(pace.leaseSeconds),
  LOCAL_GRACE_SECONDS: String(pace.graceSeconds),
  LOCAL_GRACE_REPEATABLE_SECONDS: '1',
  LOCAL_RESULTS_WITHIN_SECONDS: String(pace.resultsSeconds),
  LOCAL_RETRY_CAP_SECONDS: '3',
  LOCAL_WORK_MESSAGE_GRACE_SECONDS: '2',
  LOCAL_SUMMARISE_EVERY_SECONDS: '1',
  LOCAL_SWEEP_EVERY_SECONDS: '1',
  LOCAL_KEEP_LISTENER_EVERY_SECONDS: '8',
})

export type Gateway = { stack: Stack; simulator: ThingSpaceSimulator; tableName: string }

type Options = {
  plan: FaultPlan
  pace: Pace
  folder: string
  logDescriptor: number
  trace: (line: TraceLine) => void
}

/** The local stack with its functions as processes, and with short times. */
export async function startGateway({ plan, pace, folder, logDescriptor, trace }: Options): Promise<Gateway> {
  const settings = readSettings({ ...environmentOf(pace), LOCAL_FUNCTION_LOG: `${folder}/host.log` })
  const credentialSets = JSON.stringify(Object.fromEntries(accounts.map((account) => [account, setOf(account)])))
  const runFunctions = processHost({ plan, folder, logDescriptor })
  const stack = await startStack(
    { ...settings, params: Object.assign({}, settings.params, { credentialSets }) },
    {
      trace,
      simulator: {
        ...sentinels,
        times: { callbackDelayMs: 150, finalDelayMs: 1_000, lateDelayMs: pace.lateMs },
      },
      runFunctions: async (running) => {
        await putCredentialSets(running.environment)
        return runFunctions(running)
      },
    },
  )
  const { simulator } = stack
  const [tableName] = stack.dynamoDb.tables
  if (simulator === undefined || tableName === undefined) throw new Error('the stack has no simulator or no table')
  await shortenVisibility(stack.queuesEndpoint, pace)
  return { stack, simulator, tableName }
}

async function putCredentialSets(variables: Readonly<Record<string, string>>): Promise<void> {
  const { oauthKey, oauthSecret, username, password } = sentinels
  const sets = accounts.map((account) => [setOf(account), { oauthKey, oauthSecret, username, password }])
  const client = new SecretsManagerClient({
    endpoint: variables['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? '',
    region: 'us-east-1',
    credentials,
  })
  await client.send(
    new PutSecretValueCommand({
      SecretId: variables['THINGSPACE_SECRET_ID'],
      SecretString: JSON.stringify(Object.fromEntries(sets)),
    }),
  )
  client.destroy()
}

/** The messages of a killed function return after this time. */
async function shortenVisibility(endpoint: string, { visibilitySeconds }: Pace): Promise<void> {
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials })
  for (const [queue, seconds] of [
    ['SubmissionsQueue', visibilitySeconds],
    ['BulkSubmissionsQueue', visibilitySeconds],
    ['CallbacksQueue', 3],
  ] as const) {
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl: `${endpoint}/${accountId}/${queue}`,
        Attributes: { VisibilityTimeout: String(seconds) },
      }),
    )
  }
  client.destroy()
}
