import type { Type } from './values.ts'

/** A document path: names, list indexes, and `#placeholders` whose names are in the request. */
export type Path = { segments: readonly (string | number)[]; hasPlaceholder: boolean }

export type Operand = { type: 'path'; path: Path } | { type: 'value'; name: string } | { type: 'size'; path: Path }

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Condition =
  | { type: 'and' | 'or'; left: Condition; right: Condition }
  | { type: 'not'; condition: Condition }
  | { type: 'compare'; comparator: Comparator; left: Operand; right: Operand }
  | { type: 'between'; operand: Operand; low: Operand; high: Operand }
  | { type: 'in'; operand: Operand; list: Operand[] }
  | { type: 'exists'; path: Path; expected: boolean }
  | { type: 'attribute_type' | 'begins_with' | 'contains'; left: Operand; right: Operand }

export type Term =
  | { type: 'path'; path: Path }
  | { type: 'value'; name: string }
  | { type: 'if_not_exists'; path: Path; otherwise: Term }
  | { type: 'list_append'; first: Term; second: Term }
  | { type: 'plus' | 'minus'; left: Term; right: Term }

export type Update = {
  set: { path: Path; term: Term }[]
  remove: Path[]
  add: { path: Path; value: string }[]
  delete: { path: Path; value: string }[]
}

/** DynamoDB refuses a value of the wrong type before it reads any item. */
export type LiteralRule = { value: string; operator: string; types: readonly Type[] }

export type Parsed<Root> = {
  parameter: string
  root: Root
  names: ReadonlySet<string>
  values: ReadonlySet<string>
  paths: readonly Path[]
  literalRules: readonly LiteralRule[]
  /** BETWEEN with two literals of one type, in order. */
  literalBounds: readonly (readonly [low: string, high: string])[]
}
