import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionDefinition } from '../deployment/deployment.ts'
import { StartError } from '../start-error.ts'

/** The handler of a function. It takes an event and a context. */
export type Handler = (event: unknown, context: unknown) => unknown

/** Imports a handler that serverless.yml names. `root` is the folder of serverless.yml. Throws `StartError`. */
export async function loadHandler(
  root: string,
  { name, handler }: Pick<FunctionDefinition, 'name' | 'handler'>,
): Promise<Handler> {
  const file = ['.ts', '.mjs', '.js'].map((ending) => resolve(root, handler.module + ending)).find(existsSync)
  if (file === undefined) throw new StartError(`The function ${name} has no file ${handler.module}.ts.`)
  const module: unknown = await import(pathToFileURL(file).href)
  const exported: unknown = Reflect.get(Object(module), handler.exported)
  if (typeof exported !== 'function') {
    throw new StartError(`The function ${name} exports no "${handler.exported}" from ${handler.module}.ts.`)
  }
  return (event, context) => Reflect.apply(exported, undefined, [event, context])
}
