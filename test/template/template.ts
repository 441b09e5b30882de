import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import * as z from 'zod'

export const root = join(import.meta.dirname, '../..')

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.any()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Condition: z.string().optional(),
})
export type Resource = z.infer<typeof Resource>

const Template = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: z.union([z.string(), z.number()]) })),
  Conditions: z.record(z.string(), z.unknown()),
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.unknown()),
})
export type Template = z.infer<typeof Template> & { path: string }

/**
 * The template and the zips as a deployment packages them, which needs no account. All test files of a run share one
 * package, which the first of them writes.
 */
export async function packageTemplate(): Promise<Template> {
  const folder = join(inject('packageFolder'), 'package')
  const path = join(folder, 'cloudformation-template-update-stack.json')
  const outcome = join(inject('packageFolder'), 'outcome')
  const isFirst = await mkdir(folder).then(
    () => true,
    () => false,
  )
  if (isFirst) {
    await writeFile(`${outcome}.draft`, await packageInto(folder))
    await rename(`${outcome}.draft`, outcome)
  }
  for (let looks = 0; looks < mostLooks && !existsSync(outcome); looks += 1) await sleep(200)
  const failure = await readFile(outcome, 'utf8')
  if (failure !== '') throw new Error(failure)
  return { ...Template.parse(JSON.parse(await readFile(path, 'utf8'))), path }
}

/** Five minutes. Packaging takes one on a busy machine. */
const mostLooks = 1500

/** The reason why packaging failed, or an empty text. */
const packageInto = (folder: string): Promise<string> =>
  promisify(execFile)('npx', ['serverless', 'package', '--package', folder], { cwd: root }).then(
    () => '',
    (error: { stdout?: string; stderr?: string }) => `serverless package failed: ${error.stdout}${error.stderr}`,
  )

/** The resources of one type, by their logical ids. */
export const ofType = ({ Resources }: Template, type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type)

/** A function as serverless.yml names it. */
export type Deployed = { name: string; logicalId: string; properties: Resource['Properties'] }

export const functionsOf = (template: Template): Deployed[] =>
  ofType(template, 'AWS::Lambda::Function').map(([logicalId, { Properties }]) => ({
    name: String(Properties['Handler']).replace(/^functions\/(.+)\.handler$/, '$1'),
    logicalId,
    properties: Properties,
  }))

/** The event sources of a function of a stack with its own table. */
export const sourcesOf = (template: Template, { logicalId }: Deployed): Resource['Properties'][] =>
  ofType(template, 'AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => decided(Properties, allOn) as Resource['Properties'])
    .filter(({ FunctionName }) => JSON.stringify(FunctionName).includes(`"${logicalId}"`))

/** A value with each `Fn::If` replaced by its result under the given conditions. */
export function decided(value: unknown, conditions: Readonly<Record<string, boolean>>): unknown {
  if (Array.isArray(value)) return value.map((each) => decided(each, conditions)).filter((each) => !isNoValue(each))
  if (typeof value !== 'object' || value === null) return value
  const { 'Fn::If': choice } = value as { 'Fn::If'?: [string, unknown, unknown] }
  if (choice !== undefined) return decided(conditions[choice[0]] === true ? choice[1] : choice[2], conditions)
  const entries = Object.entries(value).map(([key, each]) => [key, decided(each, conditions)] as const)
  return Object.fromEntries(entries.filter(([, each]) => !isNoValue(each)))
}

const isNoValue = (value: unknown): boolean => JSON.stringify(value) === '{"Ref":"AWS::NoValue"}'

export const allOn = { HasAlarmTopic: true, HasKey: true, HasDomain: true, HasSubmitConcurrency: true, IsTraced: true }
