import type { FunctionDefinition } from '../deployment/deployment.ts'
import { accountId } from '../aws/account.ts'

/** The deployment that a function belongs to, which its names and ARN contain. */
export type Place = { service: string; stage: string; region: string }

const functionNameOf = ({ service, stage }: Place, { name }: Pick<FunctionDefinition, 'name'>): string =>
  `${service}-${stage}-${name}`

/** The ARN of a function in the local account. */
export const functionArnOf = (place: Place, definition: Pick<FunctionDefinition, 'name'>): string =>
  `arn:aws:lambda:${place.region}:${accountId}:function:${functionNameOf(place, definition)}`

/**
 * Creates the context, the second argument of a handler. `deadline` is in milliseconds since the epoch. The callback
 * functions of older runtimes are missing, as on Node 24.
 */
export function lambdaContext({
  definition,
  place,
  requestId,
  deadline,
}: {
  definition: FunctionDefinition
  place: Place
  requestId: string
  deadline: number
}) {
  const functionName = functionNameOf(place, definition)
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArnOf(place, definition),
    memoryLimitInMB: String(definition.memorySize),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
}
