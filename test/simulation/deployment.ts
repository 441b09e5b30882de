import { deployment, queueSourceOf, streamSourceOf } from '../deployment.ts'
import type { TableDefinition } from '../fakes/dynamodb/table-definition.ts'

const { tables, queues } = deployment.resources

/** The parts of serverless.yml that the simulation uses, so that it cannot assume another deployment. */
export const tableName = 'Table'
export const table = { TableName: tableName, ...tables.get('Table') } as TableDefinition

export type QueueRules = {
  visibilitySeconds: number
  maximumReceives: number
  batchSize: number
  windowSeconds: number
  concurrency: number
}

function queueRules(queueId: string, functionName: string): QueueRules {
  const queue = queues.get(queueId)
  const source = queueSourceOf(functionName, queueId)
  if (queue === undefined) throw new Error(`serverless.yml has no ${queueId}`)
  return {
    visibilitySeconds: queue.VisibilityTimeout,
    maximumReceives: queue.RedrivePolicy?.maxReceiveCount ?? Infinity,
    batchSize: source.batchSize,
    windowSeconds: source.maximumBatchingWindow,
    concurrency: source.maximumConcurrency,
  }
}

/** By lane. */
export const submissionsRules = {
  single: queueRules('SubmissionsQueue', 'retry-submission'),
  bulk: queueRules('BulkSubmissionsQueue', 'retry-submission'),
}
export const callbacksRules = queueRules('CallbacksQueue', 'record-callbacks')

export const streamRules = streamSourceOf('project-changes')

const timeouts = new Map(deployment.functions.map(({ name, timeout }) => [name, timeout * 1000]))
const named: Readonly<Record<string, string>> = {
  submit: 'submit-profile-action',
  manage: 'manage-request',
  operate: 'operate-gateway',
}

/** Milliseconds after which Lambda ends a function. */
export function timeLimitOf(name: string): number {
  const limit = timeouts.get(named[name] ?? name)
  if (limit === undefined) throw new Error(`serverless.yml has no function ${name}`)
  return limit
}
