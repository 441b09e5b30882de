import * as z from 'zod/mini'
import { accessSlice, callbacksSlice, protocolSlice, tableSlice } from '../lib/environment-slices.ts'
import { nearMiss } from '../lib/profile/order/near-miss.ts'
import { brokenRelations } from '../lib/setting-relations.ts'
import { generatedHost, parameterOf, schemaOf, variableOf } from './parameter-rules.ts'

type Given = {
  /** `params.default` of serverless.yml, which names every parameter. */
  defaults: Readonly<Record<string, unknown>>
  /** The parameters of the stage and of the command line. */
  given: Readonly<Record<string, unknown>>
  /** The region of the deployment. */
  region: string
  /** The longest time-out of the functions that hold a lease. */
  attemptTimeoutSeconds: number
}

/** Returns a sentence for each parameter that is unknown, wrong, or contradicts another: its name, value and rule. */
export function faultsOf({ defaults, given, ...deployment }: Given): string[] {
  const unknown = Object.keys(given)
    .filter((name) => !Object.hasOwn(defaults, name))
    .map((name) => {
      const meant = nearMiss(name, Object.keys(defaults))
      return `${name} is not a parameter.${meant === undefined ? '' : ` Did you mean ${meant}?`}`
    })
  const set = Object.entries(given).filter(([name, value]) => Object.hasOwn(defaults, name) && (value ?? null) !== null)
  const parameters: Record<string, unknown> = { ...defaults, ...Object.fromEntries(set) }
  const single = Object.entries(parameters).flatMap(([name, value]) => {
    const message = faultOf(name, value)
    return message === undefined ? [] : [`${shown(name, value)}: ${message}.`]
  })
  // Relations are compared only between values that are right by themselves.
  const faults = [...unknown, ...single]
  return faults.length > 0 ? faults : relationFaults(parameters, deployment)
}

function faultOf(name: string, value: unknown): string | undefined {
  // The only list.
  if (name === 'jwtAudience' && Array.isArray(value)) {
    return value.length === 0 ? 'must name an audience' : value.map((each) => faultOf(name, each)).find(Boolean)
  }
  if (!['string', 'number', 'boolean'].includes(typeof value)) return 'must be a text, a number or a boolean'
  const schema = schemaOf(name)
  if (schema === undefined) return 'has no rule; add one to deploy/parameter-rules.ts or lib/environment-slices.ts'
  const parsed = schema.safeParse(String(value))
  if (!parsed.success) return parsed.error.issues.map(({ message }) => message).join('; ')
  if (name === 'thingSpaceBaseUrl' && !String(value).startsWith('https://')) return 'must begin with https://'
  return undefined
}

function relationFaults(
  parameters: Readonly<Record<string, unknown>>,
  { region, attemptTimeoutSeconds }: Pick<Given, 'region' | 'attemptTimeoutSeconds'>,
): string[] {
  const text = (name: string) => String(parameters[name])
  const variables = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [variableOf(name), String(value)]),
  )
  const settings = z
    .extend(protocolSlice(), z.pick(tableSlice(), { RETAIN_DAYS: true }).shape)
    .parse({ ...variables, ATTEMPT_TIMEOUT_SECONDS: String(attemptTimeoutSeconds) })
  const callbacks = callbacksSlice().safeParse(variables)
  const access = accessSlice().safeParse(variables)
  const faults = [
    ...brokenRelations(settings),
    ...[...(callbacks.error?.issues ?? []), ...(access.error?.issues ?? [])].map(({ path, message }) => ({
      name: String(path[0]),
      message,
    })),
  ].map(({ name, message }) => `${shown(parameterOf(name), parameters[parameterOf(name)])}: ${message}.`)

  if (Number(text('callbacksBatchSize')) > 10 && Number(text('callbacksWindowSeconds')) < 1) {
    faults.push(
      `${shown('callbacksBatchSize', parameters['callbacksBatchSize'])}: more than 10 need a callbacksWindowSeconds of at least 1.`,
    )
  }
  if ((text('publicHost') === generatedHost) !== (text('certificateArn') === '')) {
    faults.push(
      `publicHost is "${text('publicHost')}" and certificateArn is "${text('certificateArn')}": set both for a domain of your own, or neither.`,
    )
  }
  const [tableName, streamArn] = [text('existingTableName'), text('existingTableStreamArn')]
  if (tableName !== (streamArn.split('/')[1] ?? '')) {
    faults.push(
      `existingTableName is "${tableName}" and existingTableStreamArn is "${streamArn}": set both, for the same table, or neither.`,
    )
  }
  if (Date.parse(text('restoredAt')) > Date.now()) {
    faults.push(`${shown('restoredAt', text('restoredAt'))}: must not be in the future, or nothing is sent until then.`)
  }
  for (const name of ['kmsKeyArn', 'certificateArn', 'existingTableStreamArn']) {
    const of = text(name).split(':')[3]
    if (of !== undefined && of !== region) {
      faults.push(`${shown(name, text(name))}: must be in the region of the deployment, ${region}.`)
    }
  }
  return faults
}

const shown = (name: string, value: unknown): string =>
  `${name} is ${typeof value === 'string' ? `"${value}"` : JSON.stringify(value)}`
