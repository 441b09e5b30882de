import type { Deployment } from '../deployment/deployment.ts'
import { resolveSecrets, resolveText, type Values } from '../deployment/references.ts'
import type { RunningQueues } from '../aws/queues.ts'
import type { RunningSecrets } from '../aws/secrets.ts'
import type { Invoke } from '../lambda/outcome.ts'
import { functionServer } from './function-route.ts'
import { jwtAuthorizer } from './jwt-authorizer.ts'
import { queueServer } from './queue-route.ts'
import type { Route } from './routes.ts'

type Options = {
  deployment: Deployment
  functions: ReadonlyMap<string, Invoke>
  values: Values
  queues: RunningQueues
  secrets: RunningSecrets
}

/** Creates the routes of serverless.yml: those of functions, and the callback endpoint. */
export function deployedRoutes({ deployment, functions, values, queues, secrets }: Options): Route[] {
  const { resources, region } = deployment
  const authorizers = new Map(
    [...deployment.authorizers].map(([name, { issuerUrl, audience }]) => [
      name,
      jwtAuthorizer({ issuer: issuerUrl, audience }),
    ]),
  )
  const routes: Route[] = []
  for (const { name, routes: events } of deployment.functions) {
    const invoke = functions.get(name)
    if (invoke === undefined) continue
    for (const { method, path, authorizer: rule } of events) {
      const authorizer = rule && authorizers.get(rule.name)
      const authorization = rule && authorizer ? { authorizer, scopes: rule.scopes } : undefined
      routes.push({ method, path, authorization, serve: functionServer(invoke, region) })
    }
  }
  for (const { RouteKey, Target } of resources.routes) {
    const written = resolveText(RouteKey, values)
    const [method = '', path = ''] = resolveSecrets(written, secrets.valueOf).split(' ')
    const parameters = resources.integrations.get(Target)?.RequestParameters
    const queue = parameters && queues.queues.get(parameters.QueueUrl)
    if (parameters === undefined || queue === undefined) continue
    const { MessageAttributes: attributes } = parameters
    const serve = queueServer({ client: queues.sqs, queueUrl: queue.url, attributes })
    routes.push({ method, path, shownAs: written.replace(/^\S+ /, '').replace(/\{\{.*?\}\}/, '***'), serve })
  }
  return routes
}
