import { StartError } from '../start-error.ts'
import type { Deployment } from './deployment.ts'

type Reference = { name: string; user: string }

/** Throws `StartError` if serverless.yml names a queue, table, authorizer or integration that it does not define. */
export function checkReferences({ functions, resources, authorizers }: Deployment): void {
  const requireIn = (defined: { has: (name: string) => boolean }, kind: string, { name, user }: Reference) => {
    if (!defined.has(name))
      throw new StartError(`serverless.yml: ${user} names the ${kind} "${name}", which is not defined.`)
  }
  const requireQueue = (name: string, user: string) => requireIn(resources.queues, 'queue', { name, user })

  for (const { name, routes, queues, streams } of functions) {
    for (const { authorizer } of routes) {
      if (authorizer !== undefined) requireIn(authorizers, 'authorizer', { name: authorizer.name, user: name })
    }
    for (const { arn } of queues) requireQueue(arn, name)
    for (const { arn, destinations } of streams) {
      requireIn(resources.tables, 'table', { name: arn, user: name })
      if (destinations !== undefined) requireQueue(destinations.onFailure.arn, name)
    }
  }
  for (const [id, { RedrivePolicy }] of resources.queues) {
    if (RedrivePolicy !== undefined) requireQueue(RedrivePolicy.deadLetterTargetArn, id)
  }
  for (const [id, { RequestParameters }] of resources.integrations) requireQueue(RequestParameters.QueueUrl, id)
  for (const { Target } of resources.routes) {
    requireIn(resources.integrations, 'integration', { name: Target, user: 'a route' })
  }
}
