import { StartError } from '../start-error.ts'
import type { Deployment } from './deployment.ts'

/** Throws `StartError` if serverless.yml names a queue, table, authorizer or integration that it does not define. */
export function checkReferences({ functions, resources, authorizers }: Deployment): void {
  const requireThat = (present: boolean, kind: string, name: string, user: string) => {
    if (!present) throw new StartError(`serverless.yml: ${user} names the ${kind} "${name}", which is not defined.`)
  }
  const requireQueue = (id: string, user: string) => requireThat(resources.queues.has(id), 'queue', id, user)

  for (const { name, routes, queues, streams } of functions) {
    for (const { authorizer } of routes) {
      if (authorizer !== undefined) requireThat(authorizers.has(authorizer.name), 'authorizer', authorizer.name, name)
    }
    for (const { arn } of queues) requireQueue(arn, name)
    for (const { arn, destinations } of streams) {
      requireThat(resources.tables.has(arn), 'table', arn, name)
      if (destinations !== undefined) requireQueue(destinations.onFailure.arn, name)
    }
  }
  for (const [id, { RedrivePolicy }] of resources.queues) {
    if (RedrivePolicy !== undefined) requireQueue(RedrivePolicy.deadLetterTargetArn, id)
  }
  for (const [id, { RequestParameters }] of resources.integrations) requireQueue(RequestParameters.QueueUrl, id)
  for (const { Target } of resources.routes) {
    requireThat(resources.integrations.has(Target), 'integration', Target, 'a route')
  }
}
