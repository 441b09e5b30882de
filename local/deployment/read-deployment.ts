import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { StartError } from '../start-error.ts'
import { checkReferences } from './check-references.ts'
import { decideConditions, holds, readConditions } from './conditions.ts'
import { explain } from './explain.ts'
import { StreamArnOf } from './intrinsic.ts'
import { LambdaFunction } from './functions.ts'
import { gatherResources } from './included-files.ts'
import { Provider } from './provider.ts'
import { readResources } from './resources.ts'
import { resolveVariables } from './variables.ts'
import { parseYaml } from './yaml.ts'
import type { Deployment } from './deployment.ts'

const Params = z.record(z.string(), z.unknown())

/** The parts that `resolveVariables` needs. */
const Head = z.object({
  service: z.string(),
  params: z.object({ default: Params.default({}) }).default({ default: {} }),
  provider: z.object({ stage: z.string() }),
})

/**
 * Changes to resources that osls creates: only the stream of a trigger, which must be that of a table of the stack, as the
 * trigger itself says.
 */
const Extensions = z.record(
  z.string().regex(/EventSourceMappingDynamodb/, 'is not supported locally'),
  z.strictObject({ Properties: z.strictObject({ EventSourceArn: StreamArnOf }) }),
)

const File = z.strictObject({
  service: z.string(),
  frameworkVersion: z.unknown().optional(),
  plugins: z.unknown().optional(),
  params: z.unknown().optional(),
  package: z.unknown().optional(),
  // `custom` holds only tool settings and YAML anchors.
  custom: z.unknown().optional(),
  provider: Provider,
  functions: z.record(z.string(), LambdaFunction),
  resources: z
    .strictObject({
      Parameters: z.unknown().optional(),
      Conditions: z.unknown().optional(),
      Resources: z.record(z.string(), z.unknown()).default({}),
      Outputs: z.unknown().optional(),
      extensions: Extensions.optional(),
    })
    .default({ Resources: {} }),
})

/** The parts that decide which resources exist. */
const Conditional = z.object({
  resources: z
    .object({
      Parameters: z.record(z.string(), z.looseObject({ Default: z.union([z.string(), z.number()]) })).default({}),
      Conditions: z.record(z.string(), z.unknown()).default({}),
      Resources: z.record(z.string(), z.looseObject({ Condition: z.string().optional() })).default({}),
    })
    .default({ Parameters: {}, Conditions: {}, Resources: {} }),
})

/**
 * Reads serverless.yml and its included files, with `params` overriding its parameters.
 *
 * Throws `StartError` for everything that it cannot interpret. If it silently skipped a route or a filter, the local
 * stack would behave differently from the deployment.
 */
export async function readDeployment(path: string, params: Readonly<Record<string, string>>): Promise<Deployment> {
  const readText = (included: string) => readFileSync(join(dirname(path), included), 'utf8')
  return parseDeployment(await readFile(path, 'utf8'), { name: basename(path), params, readText })
}

type ParseOptions = {
  /** The file name, for error messages. */
  name: string
  params: Readonly<Record<string, string>>
  /** Reads an included file. Without it, included files are an error. */
  readText?: (included: string) => string
}

/** As `readDeployment`, but from the text of the file. */
export function parseDeployment(text: string, { name, params, readText = refuseIncluded }: ParseOptions): Deployment {
  const written = parseYaml(text, name)
  const raw =
    typeof written === 'object' && written !== null && 'resources' in written
      ? { ...written, resources: gatherResources(written.resources, readText) }
      : written
  const head = explain(Head, raw)
  for (const param of Object.keys(params)) {
    if (!Object.hasOwn(head.params.default, param)) {
      throw new StartError(`serverless.yml lacks the parameter "${param}", which the local stack sets.`)
    }
  }
  const { service, provider } = head
  const resolved = resolveVariables(raw, {
    params: { ...head.params.default, ...params },
    service,
    stage: provider.stage,
  })
  const { Parameters, Conditions, Resources } = explain(Conditional, resolved).resources
  const conditions = readConditions(Conditions, Parameters)
  const file = explain(File, decideConditions(resolved, conditions))
  const present = Object.entries(file.resources.Resources).filter(
    ([id]) => Resources[id]?.Condition === undefined || holds(Resources[id].Condition, conditions),
  )
  const deployment: Deployment = {
    service,
    stage: file.provider.stage,
    region: file.provider.region,
    authorizers: new Map(Object.entries(file.provider.httpApi.authorizers)),
    functions: Object.entries(file.functions).map(([functionName, definition]) => ({
      ...definition,
      name: functionName,
      timeout: definition.timeout ?? file.provider.timeout,
      memorySize: definition.memorySize ?? file.provider.memorySize,
    })),
    resources: readResources(Object.fromEntries(present)),
  }
  checkReferences(deployment)
  return deployment
}

const refuseIncluded = (included: string): string => {
  throw new StartError(`serverless.yml: the included file ${included} cannot be read here.`)
}
