import { StartError } from '../start-error.ts'
import { parseYaml } from './yaml.ts'

/** `${file(deploy/alarms.yml)}`, which the Serverless Framework replaces with the content of the file. */
const included = /^\$\{file\(([\w./-]+)\)\}$/

type Part = Readonly<Record<string, unknown>>
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Merges `resources` into one part if it is a list of parts and files. Throws `StartError` if a name occurs twice.
 * `readText` reads an included file.
 */
export function gatherResources(written: unknown, readText: (path: string) => string): unknown {
  if (!Array.isArray(written)) return written
  const gathered: Record<string, Record<string, unknown>> = {}
  for (const entry of written) {
    const path = typeof entry === 'string' ? included.exec(entry)?.[1] : undefined
    const part: unknown = path === undefined ? entry : parseYaml(readText(path), path)
    if (!isPart(part))
      throw new StartError(`serverless.yml: the local stack cannot read this part of "resources": ${String(entry)}.`)
    for (const [section, members] of Object.entries(part)) {
      if (!isPart(members)) throw new StartError(`serverless.yml: resources.${section} must be a map.`)
      const target = (gathered[section] ??= {})
      for (const [name, member] of Object.entries(members)) {
        if (Object.hasOwn(target, name)) throw new StartError(`serverless.yml: ${section}.${name} is defined twice.`)
        target[name] = member
      }
    }
  }
  return gathered
}
