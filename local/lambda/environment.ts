import { apiId } from '../http-api/function-event.ts'
import type { FunctionDefinition } from '../deployment/deployment.ts'
import { resolveText, type Values } from '../deployment/references.ts'
import { StartError } from '../start-error.ts'

/**
 * Merges the environment variables of all functions, because locally they share one process. Throws `StartError` if two
 * functions set a variable to different values.
 */
export function functionEnvironment(functions: readonly FunctionDefinition[], values: Values): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const { name, environment: own } of functions) {
    for (const [variable, text] of Object.entries(own)) {
      const value = resolveText(text, values)
      const other = environment[variable]
      if (other !== undefined && other !== value) {
        throw new StartError(`serverless.yml: ${name} sets ${variable} differently from another function.`)
      }
      environment[variable] = value
    }
  }
  return environment
}

/** Replaces the host name that API Gateway would give the API with the local URL in all variables. */
export function withPublicUrl(
  environment: Record<string, string>,
  region: string,
  publicUrl: string,
): Record<string, string> {
  const deployed = `https://${apiId}.execute-api.${region}.amazonaws.com`
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replaceAll(deployed, publicUrl)]),
  )
}
