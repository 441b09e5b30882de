import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { credentials } from './aws/account.ts'
import type { Connection } from './connection-file.ts'
import { type SeenEvent, tailEvents } from './aws/event-tail.ts'
import { startQueues } from './aws/queues.ts'
import { createTables, referenceValues } from './aws/resources.ts'
import { startSecrets } from './aws/secrets.ts'
import { keptFolder } from './data-folder.ts'
import { readDeployment } from './deployment/read-deployment.ts'
import { startDynamoDb } from './dynamodb/engine.ts'
import { startProxyThread } from './dynamodb/proxy-thread.ts'
import { startDeployedSources } from './event-sources/deployed-sources.ts'
import { deployedRoutes } from './http-api/deployed-routes.ts'
import { startHttpApi } from './http-api/server.ts'
import { startIssuer, type TokenOrder } from './issuer.ts'
import { allowShortLease } from './lambda/short-lease.ts'
import { functionEnvironment, withPublicUrl } from './lambda/environment.ts'
import { captureFunctionLogs } from './lambda/function-logs.ts'
import { loadFunctions, type RunFunctions } from './lambda/load-functions.ts'
import { setEnvironment } from './process-environment.ts'
import type { Settings } from './settings.ts'
import { startThingSpace } from './thingspace-access.ts'
import type { SimulatorOptions } from './simulator/settings.ts'
import type { ThingSpaceSimulator } from './simulator/thingspace-simulator.ts'
import type { Trace } from './trace.ts'

export type Stack = {
  apiUrl: string
  issuerUrl: string
  /** Issues a token for the API, by default with all scopes and for all accounts. */
  tokenFor: (order?: TokenOrder) => Promise<string>
  /** Undefined if the stack uses an external ThingSpace. */
  simulator: ThingSpaceSimulator | undefined
  /** The URL of the simulator's control API. Undefined without a simulator. */
  simulatorControlUrl: string | undefined
  thingSpaceBaseUrl: string
  /** The callback URL of an account. */
  callbackUrl: (accountName: string) => string
  /** The engine itself, without the proxy that the functions use. */
  dynamoDb: { engine: string; endpoint: string; tables: readonly string[] }
  /** The endpoint of SQS and SNS. */
  queuesEndpoint: string
  /** Returns the events that the topic has delivered since the last call, oldest first. */
  takeEvents: () => SeenEvent[]
  /** The path of the file to which the functions log. */
  functionLog: string
  /**
   * How another local process reaches the API, table, queues and secrets. `npm start` writes it to the connection file.
   */
  connection: Connection
  stop: () => Promise<void>
}

export type StackOptions = {
  /** The path of serverless.yml. Handlers are relative to its folder. */
  serverlessYml?: string
  trace?: Trace
  /** Options of the simulator that are not settings. */
  simulator?: SimulatorOptions
  /** Replaces the loading of the functions into this process. For tests and the bench. */
  runFunctions?: RunFunctions
}

const ownServerlessYml = fileURLToPath(new URL('../serverless.yml', import.meta.url))
const audience = 'local-gateway'

/** How long a stop waits for each part, for instance for invocations in flight. */
const stopPatienceMs = 3_000

/**
 * Starts the deployment of serverless.yml on 127.0.0.1: HTTP API, functions, DynamoDB, SQS, SNS, secrets, triggers and
 * a token issuer, and the ThingSpace simulator unless the settings name an external ThingSpace. `npm start`, the demo
 * and tests call it. Resolves when the stack is ready. If a part cannot start, stops the others and throws.
 *
 * Sets environment variables of this process for the functions and captures what the functions print. `stop` undoes
 * both.
 */
export async function startStack(settings: Settings, options: StackOptions = {}): Promise<Stack> {
  const { serverlessYml = ownServerlessYml, trace = () => undefined } = options
  const refused = (name: string) => (reason: string) => trace({ kind: 'refusal', name, reason })
  const stops: Array<() => Promise<void> | void> = []
  const stop = async () => {
    for (const each of stops.splice(0).toReversed()) await Promise.race([each(), sleep(stopPatienceMs)])
  }
  const running = async <Part extends { stop: () => Promise<void> }>(starting: Promise<Part>): Promise<Part> => {
    const part = await starting
    stops.push(() => part.stop())
    return part
  }

  try {
    const data = settings.data === undefined ? undefined : keptFolder(settings.data)
    if (data !== undefined) stops.push(data.close)
    // The API starts without routes, because the functions need its URL. `serve` below sets the routes.
    const api = await running(startHttpApi({ port: settings.ports.api, trace }))
    const { accounts, tokenShape: shape } = settings
    const issuer = await running(startIssuer({ port: settings.ports.issuer, audience, accounts, shape }))
    const thingSpace = await running(startThingSpace(settings, options.simulator))
    const deployment = allowShortLease(
      await readDeployment(serverlessYml, {
        ...settings.params,
        jwtIssuer: issuer.url,
        jwtAudience: audience,
        thingSpaceBaseUrl: thingSpace.access.baseUrl,
      }),
      Number(settings.params.leaseSeconds),
    )
    const { region, resources } = deployment
    const dynamoDb = await running(startDynamoDb({ ...settings.dynamoDb, kept: data }))
    const queues = await running(startQueues({ region, resources, folder: data?.path, onRefusal: refused('SQS') }))
    const { segment, username, password } = settings.callbacks
    const { baseUrl, ...thingSpaceCredentials } = thingSpace.access
    const secrets = await running(
      startSecrets({
        region,
        secrets: resources.secrets,
        values: {
          ThingSpaceSecret: JSON.stringify({ default: thingSpaceCredentials }),
          ListenerSecret: JSON.stringify({ username, current: password }),
          CallbackSegmentSecret: segment,
        },
        file: data && join(data.path, 'secrets.json'),
      }),
    )
    const tables = await createTables(deployment, dynamoDb.endpoint)
    const proxy = await running(
      startProxyThread({ engine: dynamoDb.endpoint, tables: [...tables.values()], onRefusal: refused('DynamoDB') }),
    )
    const values = referenceValues({ deployment, tables, queues, secrets })

    const logs = captureFunctionLogs({ file: resolve(settings.functionLog), show: settings.verbose })
    stops.push(logs.close)
    const publicUrl = settings.publicUrl ?? api.url
    const environment = {
      ...withPublicUrl(functionEnvironment(deployment.functions, values), region, publicUrl),
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
      AWS_ENDPOINT_URL_SQS: queues.endpoint,
      AWS_ENDPOINT_URL_SNS: queues.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    }
    // Settings of a developer's shell that would change the credentials or override the endpoints above.
    const notInherited = {
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: undefined,
    }
    stops.push(setEnvironment({ ...environment, ...notInherited }))
    const functions =
      options.runFunctions === undefined
        ? await loadFunctions({ deployment, root: dirname(serverlessYml), logs, trace })
        : (await running(options.runFunctions({ deployment, environment, trace }))).functions
    api.serve(deployedRoutes({ deployment, functions, values, queues, secrets }), resources.cors)
    const events = tailEvents(queues, ({ attributes }) => trace({ kind: 'event', name: attributes['type'] ?? 'event' }))
    stops.push(events.stop)
    const { scheduleSeconds } = settings
    const dynamoDbEndpoint = dynamoDb.endpoint
    await running(
      startDeployedSources({
        deployment,
        functions,
        queues,
        tables,
        dynamoDbEndpoint,
        scheduleSeconds,
        folder: data?.path,
        trace,
      }),
    )

    return {
      apiUrl: api.url,
      issuerUrl: issuer.url,
      tokenFor: issuer.tokenFor,
      simulator: thingSpace.simulator,
      simulatorControlUrl: thingSpace.controlUrl,
      thingSpaceBaseUrl: baseUrl,
      callbackUrl: (accountName) => `${publicUrl}/callbacks/${segment}/${encodeURIComponent(accountName)}`,
      dynamoDb: {
        engine: dynamoDb.name,
        endpoint: dynamoDb.endpoint,
        tables: [...tables.values()].map(({ name }) => name),
      },
      queuesEndpoint: queues.endpoint,
      takeEvents: events.take,
      functionLog: resolve(settings.functionLog),
      connection: {
        apiUrl: api.url,
        issuerUrl: issuer.url,
        environment,
        queues: Object.fromEntries([...queues.queues].map(([id, { url }]) => [id, url])),
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
