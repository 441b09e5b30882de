import type * as z from 'zod'
import type { LambdaFunction } from './functions.ts'
import { type Authorizer } from './provider.ts'
import { type Resources } from './resources.ts'

/** A function as it will run: what it left out has the provider's value. */
export type FunctionDefinition = z.infer<typeof LambdaFunction> & { name: string; timeout: number; memorySize: number }

/** What serverless.yml deploys, as far as it matters on this machine. References between resources are still open. */
export type Deployment = {
  service: string
  stage: string
  region: string
  authorizers: ReadonlyMap<string, Authorizer>
  functions: readonly FunctionDefinition[]
  resources: Resources
}
