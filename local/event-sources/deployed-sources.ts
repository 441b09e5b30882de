import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalTable } from '../aws/resources.ts'
import type { RunningQueues } from '../aws/queues.ts'
import type { Deployment } from '../deployment/deployment.ts'
import { functionArnOf } from '../lambda/context.ts'
import type { Invoke } from '../lambda/outcome.ts'
import { StartError } from '../start-error.ts'
import type { Trace } from '../trace.ts'
import { exhaustedBatchWriter } from './exhausted-batch.ts'
import { startQueueSource } from './queue-source.ts'
import { startSchedule } from './schedule.ts'
import { streamPositions } from './stream-positions.ts'
import { startStreamSource } from './stream-source.ts'
import { streamsApi } from './streams-api.ts'

type Options = {
  deployment: Deployment
  functions: ReadonlyMap<string, Invoke>
  queues: RunningQueues
  tables: ReadonlyMap<string, LocalTable>
  dynamoDbEndpoint: string
  /** Rates that replace those of serverless.yml, by function. */
  scheduleSeconds: Readonly<Record<string, number>>
  /** The folder that keeps the positions of streams across restarts. */
  folder: string | undefined
  trace: Trace
}

type Source = { stop: () => Promise<void> }

/** How long the start waits for the first run of each schedule, such as the registration of the callback URL. */
const firstRunsMs = 15_000

/**
 * Starts the triggers of serverless.yml: queues, streams and schedules. Resolves when each schedule has run once, or
 * after 15 seconds.
 */
export async function startDeployedSources(options: Options): Promise<Source> {
  const { deployment, functions, queues, trace } = options
  const { region } = deployment
  const sources: Source[] = []
  const firstRuns: Array<Promise<void>> = []
  for (const definition of deployment.functions) {
    const { name } = definition
    const invoke = functions.get(name)
    if (invoke === undefined) continue
    for (const event of definition.queues) {
      const queue = queues.queues.get(event.arn)
      if (queue === undefined) continue
      sources.push(startQueueSource({ sqs: queues.sqs, queue, region, source: event.arn, name, event, invoke, trace }))
    }
    for (const event of definition.streams) {
      const streamArn = options.tables.get(event.arn)?.streamArn
      if (streamArn === undefined) throw new StartError(`The table ${event.arn} has no stream, but ${name} reads one.`)
      const target = event.destinations && queues.queues.get(event.destinations.onFailure.arn)
      const functionArn = functionArnOf(deployment, definition)
      const api = streamsApi({ endpoint: options.dynamoDbEndpoint, region, streamArn })
      const onExhausted = target
        ? exhaustedBatchWriter({ sqs: queues.sqs, queueUrl: target.url, functionArn, streamArn })
        : async () => undefined
      const file = options.folder && join(options.folder, `${name}-${event.arn}-position.json`)
      const positions = streamPositions(file)
      const source = `${event.arn} stream`
      sources.push(startStreamSource({ api, source, name, event, invoke, trace, onExhausted, positions }))
    }
    for (const { everySeconds: written } of definition.schedules) {
      const everySeconds = options.scheduleSeconds[name] ?? written
      const schedule = startSchedule({ name, everySeconds, region, invoke, trace })
      sources.push(schedule)
      firstRuns.push(schedule.firstRun)
    }
  }
  const waiting = new AbortController()
  await Promise.race([
    Promise.all(firstRuns),
    sleep(firstRunsMs, undefined, { signal: waiting.signal }).catch(() => undefined),
  ])
  waiting.abort()
  return { stop: async () => void (await Promise.all(sources.map((source) => source.stop()))) }
}
