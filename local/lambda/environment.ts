import { apiId } from '../http-api/function-event.ts'
import type { FunctionDefinition } from '../deployment/deployment.ts'
import { resolveText, type Values } from '../deployment/references.ts'
import { StartError } from '../start-error.ts'

/**
 * The variables of all functions together. Locally they share one process, so two functions cannot give one name two
 * meanings; on AWS they could, and the next reader would be misled there too.
 */
export function functionEnvironment(functions: readonly FunctionDefinition[], values: Values): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const { name, environment: own } of functions) {
    for (const [variable, text] of Object.entries(own)) {
      const value = resolveText(text, values)
      const other = environment[variable]
      if (other !== undefined && other !== value) {
        throw new StartError(`serverless.yml: ${name} sets ${variable} differently than another function.`)
      }
      environment[variable] = value
    }
  }
  return environment
}

/** Sets variables of this process and answers how to set them back. `undefined` removes one. */
export function setEnvironment(variables: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  const set = (entries: Iterable<readonly [string, string | undefined]>) => {
    for (const [name, value] of entries) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }
  set(Object.entries(variables))
  return () => set(before)
}

/** The name that API Gateway gives an API leads nowhere from here; its address on this machine takes its place. */
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
