import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  LambdaServiceException,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda'
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { awsClientOptions } from '../../lib/aws-client.ts'
import { UsageError } from '../outcome.ts'

/** The `service` of serverless.yml, which prefixes every function name. A test compares both. */
export const serviceName = 'thingspace-profile-gateway'

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
  const sqs = new SQSClient(awsClientOptions)
  const lambda = new LambdaClient(awsClientOptions)
  const variables: Record<string, string> = {}
  const nameOf = (name: string) => `${serviceName}-${stage}-${name}`
  for (const name of functionNames) {
    const command = new GetFunctionConfigurationCommand({ FunctionName: nameOf(name) })
    Object.assign(variables, (await lambda.send(command).catch(asUsageError)).Environment?.Variables)
  }
  const triggerOf = async (name: string) => {
    const command = new ListEventSourceMappingsCommand({ FunctionName: nameOf(name) })
    return (await lambda.send(command).catch(asUsageError)).EventSourceMappings?.[0]
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

/** Turns an answer of the Lambda API, such as "Function not found", into one sentence for the operator. */
function asUsageError(error: unknown): never {
  if (!(error instanceof LambdaServiceException)) throw error
  throw new UsageError(`Lambda answered ${error.$metadata.httpStatusCode}: ${error.message}`)
}
