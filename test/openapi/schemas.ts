import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { document, type NamedOperation, resolve } from './document.ts'

/**
 * The document with every object closed. Clients tolerate new members, but a test must notice one that the document
 * does not contain.
 */
function closed(): typeof document {
  const copy = structuredClone(document)
  // It is closed where it is used, together with its narrower schemas.
  const partial = '/components/schemas/Problem'
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    const schema = value as Record<string, unknown>
    const open = 'properties' in schema || Array.isArray(schema['allOf'])
    if (open && !('additionalProperties' in schema) && path !== partial) schema['unevaluatedProperties'] = false
    for (const [name, child] of Object.entries(schema)) {
      if (name !== 'allOf' && name !== 'examples') walk(child, `${path}/${name}`)
    }
  }
  walk(copy, '')
  return copy
}

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: { 'date-time': (text) => !Number.isNaN(Date.parse(text)) },
})
ajv.addSchema(closed(), 'document')

const step = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
const compiled = new Map<string, ValidateFunction>()

/** The errors of a value by the schema at a place of the document. */
export function faultsAt(place: readonly string[], value: unknown): string[] {
  const pointer = `document#/${place.map((name) => encodeURIComponent(step(name))).join('/')}`
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: pointer })
  compiled.set(pointer, validate)
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

/** A response as it was received, with parsed JSON. */
export type Received = { status: number; headers: Readonly<Record<string, string>>; body: unknown }

/** Why a response does not match the document. Empty if it does. */
export function outsideOf(operation: NamedOperation, { status, headers, body }: Received): string[] {
  const place = ['paths', operation.path, operation.method.toLowerCase(), 'responses', `${status}`]
  const documented = operation.responses[`${status}`]
  if (documented === undefined) return [`the status ${status} is not documented`]
  const reference = (documented as { $ref?: string }).$ref
  const at = reference === undefined ? place : reference.split('/').slice(1)
  const answer = resolve(documented)
  const faults = Object.entries(answer.headers ?? {}).flatMap(([name, written]) => {
    const header = resolve(written)
    const value = headers[name.toLowerCase()]
    if (value === undefined) return header.required === true ? [`the header ${name} is missing`] : []
    const { pattern } = header.schema
    return typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value) ? [`${name}: ${value}`] : []
  })
  if (answer.content === undefined) return body === '' ? faults : [...faults, 'a body where there is none']
  const type = (headers['content-type'] ?? '').split(';')[0] ?? ''
  const content = answer.content[type]
  if (content === undefined) return [...faults, `the type ${type} is not documented for ${status}`]
  return [...faults, ...faultsAt([...at, 'content', type, 'schema'], body)]
}
