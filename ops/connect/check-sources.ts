import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { awsClientOptions } from '../../lib/aws-client.ts'
import * as environment from '../../lib/environment.ts'
import { listenerSecret, type Reader } from '../../lib/secrets.ts'
import { credentialSetFor } from '../../lib/thingspace/credentials/credential-set.ts'
import type { CheckSources, Fetch } from '../check/sources.ts'
import { causeOf } from '../check/finding.ts'
import { UsageError } from '../outcome.ts'
import { connectAwsSources } from './aws-sources.ts'
import { openDeadLetters } from './dead-letters.ts'
import { connectTableState } from './table-state.ts'
import { variable } from './variables.ts'

/** The options of `check` that are not settings of the gateway. */
export type CheckOptions = { token: string | undefined; issuer: string | undefined }

type Parts = Pick<CheckSources, 'clock' | 'store' | 'accounts' | 'latches' | 'flows' | 'listeners'> & {
  readSecret: () => Reader
  stage: string | undefined
}

const httpMilliseconds = 10_000
const queues = {
  submissions: 'SUBMISSIONS_QUEUE_URL',
  'bulk submissions': 'BULK_SUBMISSIONS_QUEUE_URL',
  callbacks: 'CALLBACKS_QUEUE_URL',
} as const

/** Connects what `npm run ops -- check` reads. */
export function connectCheckSources(parts: Parts, { token, issuer }: CheckOptions): CheckSources {
  const { clock, store, accounts, latches, flows, listeners, readSecret, stage } = parts
  return {
    clock,
    store,
    accounts,
    latches,
    flows,
    listeners,
    sleep: (milliseconds) => sleep(milliseconds),
    newId: randomUUID,
    fetch: timedFetch,
    unserved: () => environment.servedAccounts().unserved,
    credentialSetOf: (accountName) => credentialSetFor(environment.thingSpace().credentialSets)(accountName),
    listenerSecret: async () => listenerSecret(readSecret(), environment.listener().secretId, { fresh: true }),
    rotateEveryDays: () => environment.callbackEndpoint().rotateEveryDays,
    thingSpaceUrl: () => environment.thingSpace().baseUrl,
    publicUrl: () => environment.callbackEndpoint().publicUrl,
    async callbackUrl(accountName) {
      const { publicUrl, segmentSecretId } = environment.callbackEndpoint()
      return `${publicUrl}/callbacks/${await readSecret()(segmentSecretId)}/${encodeURIComponent(accountName)}`
    },
    wrongSettings,
    async countQueue(queue) {
      const QueueUrl = variable(queues[queue])
      if (QueueUrl === undefined) throw new UsageError(`${queues[queue]} is not set`)
      const { Attributes = {} } = await new SQSClient(awsClientOptions).send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: [
            'ApproximateNumberOfMessages',
            'ApproximateNumberOfMessagesNotVisible',
            'ApproximateNumberOfMessagesDelayed',
          ],
        }),
      )
      return {
        visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
        delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
      }
    },
    countDeadLetters: async (kind) => (await openDeadLetters(kind)).count(),
    ...connectTableState(() => environment.table().tableName),
    issuerUrl: issuer ?? variable('JWT_ISSUER'),
    token,
    aws: stage === undefined ? undefined : connectAwsSources(stage),
  }
}

/** Reads every group of settings that the three functions of a stage have between them. */
function wrongSettings(): string[] {
  const { table, queue, protocol, thingSpace, listener, callbacks, servedAccounts, callbackEndpoint } = environment
  const readers = [table, queue, protocol, thingSpace, listener, callbacks, servedAccounts, callbackEndpoint]
  return readers.flatMap((read) => {
    try {
      read()
      return []
    } catch (error) {
      return [causeOf(error)]
    }
  })
}

const timedFetch: Fetch = async (url, init = {}) => {
  const begun = performance.now()
  const answer = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(httpMilliseconds) })
  const date = Date.parse(answer.headers.get('date') ?? '')
  return {
    status: answer.status,
    text: (await answer.text()).slice(0, 100_000),
    date: Number.isNaN(date) ? undefined : date,
    milliseconds: Math.round(performance.now() - begun),
  }
}
