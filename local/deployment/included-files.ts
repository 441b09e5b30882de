import { StartError } from '../start-error.ts'
import { parseYaml } from './yaml.ts'

/** `${file(deploy/alarms.yml)}`, which the Serverless Framework replaces by the file. */
const included = /^\$\{file\(([\w./-]+)\)\}$/

type Part = Readonly<Record<string, unknown>>
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `resources` as one part, where it is written as a list of parts and files. A name may be given once. */
export function gatherResources(written: unknown, readText: (path: string) => string): unknown {
  if (!Array.isArray(written)) return written
  const gathered: Record<string, Record<string, unknown>> = {}
  for (const entry of written) {
    const path = typeof entry === 'string' ? included.exec(entry)?.[1] : undefined
    const part: unknown = path === undefined ? entry : parseYaml(readText(path), path)
    if (!isPart(part))
      throw new StartError(`serverless.yml: a part of "resources" is not understood: ${String(entry)}.`)
    for (const [section, members] of Object.entries(part)) {
      if (!isPart(members)) throw new StartError(`serverless.yml: resources.${section} is not understood.`)
      const target = (gathered[section] ??= {})
      for (const [name, member] of Object.entries(members)) {
        if (Object.hasOwn(target, name)) throw new StartError(`serverless.yml: ${section}.${name} is there twice.`)
        target[name] = member
      }
    }
  }
  return gathered
}
