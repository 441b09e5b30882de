import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { UsageError } from '../outcome.ts'
import { signedHeaders } from './sign.ts'
import { variable } from './variables.ts'

/** The `service` of serverless.yml, which prefixes every function name. A test compares both. */
export const serviceName = 'thingspace-profile-gateway'

const Configuration = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
})
const Mappings = z.object({
  EventSourceMappings: z.array(
    z.object({
      EventSourceArn: z.string().default(''),
      DestinationConfig: z
        .object({ OnFailure: z.object({ Destination: z.string().optional() }).optional() })
        .optional(),
    }),
  ),
})
const RedrivePolicy = z.object({ deadLetterTargetArn: z.string() })

/** The functions whose environment variables together contain every setting that the commands need. */
const functionNames = ['retry-submission', 'record-callbacks', 'keep-listener'] as const

/**
 * Reads the environment variables of a deployed stage from its functions, so that commands use the deployed settings
 * and not those of the local checkout. Derives the queue URLs from the functions' event source mappings.
 *
 * Calls only read from AWS: GetFunctionConfiguration, ListEventSourceMappings, GetQueueUrl and GetQueueAttributes.
 * Throws `UsageError` if Lambda refuses a call, for instance because the stage does not exist.
 */
export async function readStage(stage: string): Promise<Record<string, string>> {
  const sqs = new SQSClient({})
  const lambda = await connectLambda(sqs)
  const variables: Record<string, string> = {}
  const nameOf = (name: string) => `${serviceName}-${stage}-${name}`
  for (const name of functionNames) {
    const path = `/2015-03-31/functions/${nameOf(name)}/configuration`
    Object.assign(variables, Configuration.parse(await lambda(path)).Environment.Variables)
  }
  const triggerOf = async (name: string) => {
    const path = `/2015-03-31/event-source-mappings/?FunctionName=${nameOf(name)}`
    return Mappings.parse(await lambda(path)).EventSourceMappings[0]
  }
  const urlOf = async (arn = '') => {
    const [, , , , account, queue] = arn.split(':')
    if (account === undefined || queue === undefined) return undefined
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue, QueueOwnerAWSAccountId: account }))
    return QueueUrl
  }
  const deadLettersOf = async (QueueUrl: string | undefined) => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
    )
    return urlOf(RedrivePolicy.parse(JSON.parse(Attributes.RedrivePolicy ?? '{}')).deadLetterTargetArn)
  }
  const callbacks = await urlOf((await triggerOf('record-callbacks'))?.EventSourceArn)
  const changes = await triggerOf('project-changes')
  const queues = {
    CALLBACKS_QUEUE_URL: callbacks,
    SUBMISSIONS_DEAD_LETTERS_URL: await deadLettersOf(variables['SUBMISSIONS_QUEUE_URL']),
    CALLBACKS_DEAD_LETTERS_URL: await deadLettersOf(callbacks),
    CHANGES_DEAD_LETTERS_URL: await urlOf(changes?.DestinationConfig?.OnFailure?.Destination),
  }
  for (const [name, url] of Object.entries(queues)) if (url !== undefined) variables[name] = url
  return variables
}

/** Sends signed GET requests to the Lambda API, with the credentials and region that the SQS client resolves. */
async function connectLambda({ config }: SQSClient): Promise<(path: string) => Promise<unknown>> {
  const region = await config.region()
  const credentials = await config.credentials()
  const endpoint = variable('AWS_ENDPOINT_URL_LAMBDA') ?? `https://lambda.${region}.amazonaws.com`
  return async (path) => {
    const url = new URL(path, endpoint)
    const response = await fetch(url, {
      headers: signedHeaders(url, { ...credentials, region, service: 'lambda', now: Date.now() }),
    })
    if (response.ok) return response.json()
    const { message } = z
      .object({ message: z.string().default('') })
      .catch({ message: '' })
      .parse(await bodyOf(response))
    throw new UsageError(`Lambda answered ${response.status} for ${url.pathname}: ${message}`)
  }
}

const bodyOf = (response: Response): Promise<unknown> => response.json().catch(() => ({}))
