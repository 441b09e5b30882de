import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDeployment } from '../local/deployment/read-deployment.ts'

const textOf = (file: string) => readFileSync(join(import.meta.dirname, '..', file), 'utf8')

/**
 * serverless.yml, with some of its parameters set. It is read synchronously, so that a module can set the environment
 * before the modules that are imported after it run.
 */
export const deploymentWith = (parameters: Readonly<Record<string, string>>) =>
  parseDeployment(textOf('serverless.yml'), { name: 'serverless.yml', params: parameters, readText: textOf })

/** serverless.yml with the defaults of its parameters. Fakes take their limits from it instead of copying them. */
export const deployment = deploymentWith({})

const functionNamed = (name: string) => deployment.functions.find((each) => each.name === name)

/** The SQS event source of a function: of this queue, or the only one. */
export function queueSourceOf(functionName: string, queueId?: string) {
  const sources = (functionNamed(functionName)?.queues ?? []).filter(
    ({ arn }) => queueId === undefined || arn === queueId,
  )
  const [source] = sources
  if (source === undefined || sources.length > 1) {
    throw new Error(`serverless.yml: ${functionName} has ${sources.length} such queues`)
  }
  return source
}

/** The DynamoDB stream of a function. */
export function streamSourceOf(functionName: string) {
  const source = functionNamed(functionName)?.streams[0]
  if (source === undefined) throw new Error(`serverless.yml: ${functionName} has no stream`)
  return source
}
