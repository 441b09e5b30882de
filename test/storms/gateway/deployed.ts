import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lane } from '../../../lib/profile/request/submission.ts'
import { deployment, queueSourceOf, streamSourceOf } from '../../deployment.ts'

const template = readFileSync(join(import.meta.dirname, '../../../serverless.yml'), 'utf8')

/** The default of a numeric parameter of serverless.yml. */
function parameter(name: string): number {
  const [, text] = new RegExp(String.raw`^    ${name}: '?(\d+)'?$`, 'm').exec(template) ?? []
  if (text === undefined) throw new Error(`serverless.yml has no parameter ${name}`)
  return Number(text)
}

function functionNamed(name: string) {
  const found = deployment.functions.find((each) => each.name === name)
  if (found === undefined) throw new Error(`serverless.yml has no function ${name}`)
  return found
}

const { resources } = deployment
function queueRules(queue: string): { visibilitySeconds: number; maximumReceives: number } {
  const rules = resources.queues.get(queue)
  if (rules === undefined) throw new Error(`serverless.yml has no ${queue}`)
  return {
    visibilitySeconds: rules.VisibilityTimeout,
    maximumReceives: rules.RedrivePolicy?.maxReceiveCount ?? Infinity,
  }
}

const workers = deployment.functions.filter(({ name }) => name.startsWith('retry-submission'))
const workerQueues = workers.flatMap(({ queues }) => queues)
const [firstQueue] = workerQueues
if (firstQueue === undefined) throw new Error('serverless.yml: retry-submission has no queue')
const bulkQueue = workerQueues.find((queue) => /bulk/i.test(JSON.stringify(queue)))
const singleQueue = workerQueues.find((queue) => queue !== bulkQueue) ?? firstQueue

/** The parts of serverless.yml that a storm uses, so that it cannot assume another deployment. */
export const deployed = {
  memoryMegabytes: functionNamed('retry-submission').memorySize,
  submitRoute: { rate: parameter('submitRate'), burst: parameter('submitBurst') },
  callbackRoute: { rate: parameter('callbackRate'), burst: parameter('callbackBurst') },
  submitConcurrency: parameter('submitConcurrency'),
  /** How many work messages of each lane are handled at once. Both lanes may share a queue. */
  lanes: {
    isShared: bulkQueue === undefined,
    concurrency: {
      single: singleQueue.maximumConcurrency,
      bulk: (bulkQueue ?? singleQueue).maximumConcurrency,
    } satisfies Record<Lane, number>,
  },
  submissionsQueue: queueRules([...resources.queues.keys()].find((name) => /^Submissions?.*Queue$/.test(name)) ?? ''),
  callbacksQueue: queueRules('CallbacksQueue'),
  callbacks: queueSourceOf('record-callbacks'),
  stream: streamSourceOf('project-changes'),
} as const
