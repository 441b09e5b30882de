import type * as z from 'zod'
import type { LambdaFunction } from './functions.ts'
import type { Authorizer } from './provider.ts'
import type { Resources } from './resources.ts'

/** A function of serverless.yml, with the provider's defaults for settings that it leaves out. */
export type FunctionDefinition = z.infer<typeof LambdaFunction> & { name: string; timeout: number; memorySize: number }

/** The parts of serverless.yml that the local stack uses. References between resources are not resolved yet. */
export type Deployment = {
  service: string
  stage: string
  region: string
  authorizers: ReadonlyMap<string, Authorizer>
  functions: readonly FunctionDefinition[]
  resources: Resources
}
