import { describeApi } from '../../lib/openapi/document.ts'

export type Schema = { readonly [keyword: string]: unknown }
export type Header = { required?: boolean; schema: Schema }
export type Content = Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>
export type Answer = { description: string; headers?: Record<string, Header>; content?: Content }
export type Parameter = { in: 'path' | 'query' | 'header'; name: string; required?: boolean; schema: Schema }
export type Operation = {
  operationId: string
  security: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, Answer>
}
type Document = {
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, { post: Operation }>
  components: { schemas: Record<string, Schema>; examples: Record<string, { value: unknown }> }
}

/** The document as a reader receives it. */
export const document = JSON.parse(JSON.stringify(describeApi())) as Document

/** The target of a `$ref`, or the value itself. */
export function resolve<Value>(value: Value): Value {
  const reference = (value as { $ref?: unknown }).$ref
  if (typeof reference !== 'string') return value
  let found: unknown = document
  for (const name of reference.split('/').slice(1)) found = (found as Record<string, unknown>)[name]
  return found as Value
}

export type NamedOperation = Operation & { path: string; method: string; key: string }

/** Every operation of every path. */
export const operations: NamedOperation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    ...operation,
    path,
    method: method.toUpperCase(),
    key: `${method.toUpperCase()} ${path}`,
  })),
)

export const operation = (key: string): NamedOperation => {
  const found = operations.find((each) => each.key === key)
  if (found === undefined) throw new Error(`the document has no ${key}`)
  return found
}
