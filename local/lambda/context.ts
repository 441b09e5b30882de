import type { FunctionDefinition } from '../deployment/deployment.ts'
import { accountId } from '../aws/account.ts'

/** Where a function runs, as far as its context tells. */
export type Place = { service: string; stage: string; region: string }

const functionNameOf = ({ service, stage }: Place, { name }: Pick<FunctionDefinition, 'name'>): string =>
  `${service}-${stage}-${name}`

export const functionArnOf = (place: Place, definition: Pick<FunctionDefinition, 'name'>): string =>
  `arn:aws:lambda:${place.region}:${accountId}:function:${functionNameOf(place, definition)}`

/** The second argument of a handler. The callbacks of old runtimes are left out, as Node 24's has none. */
export function lambdaContext(definition: FunctionDefinition, place: Place, requestId: string, deadline: number) {
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
