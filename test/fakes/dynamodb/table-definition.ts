import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import type { KeySchema } from './key.ts'

/** A table definition for CreateTable or CloudFormation. Other properties are ignored. */
export type TableDefinition = Pick<
  CreateTableCommandInput,
  'TableName' | 'KeySchema' | 'AttributeDefinitions' | 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'
> & { TimeToLiveSpecification?: { AttributeName?: string | undefined; Enabled?: boolean | undefined } | undefined }

type Schema = NonNullable<CreateTableCommandInput['KeySchema']>
type GivenIndex = NonNullable<CreateTableCommandInput['GlobalSecondaryIndexes']>[number]

/** `attributes` are those in the index. Undefined means all. */
export type IndexDefinition = {
  name: string
  isGlobal: boolean
  key: KeySchema
  attributes: ReadonlySet<string> | undefined
}

export type ReadDefinition = {
  name: string
  key: KeySchema
  indexes: IndexDefinition[]
  timeToLive: string | undefined
}

/** Reads a definition, and refuses one that CreateTable would refuse. */
export function readDefinition(definition: TableDefinition): ReadDefinition {
  const name = definition.TableName ?? fail('A table needs a TableName')
  const types = new Map(definition.AttributeDefinitions?.map((each) => [each.AttributeName, each.AttributeType]))
  const readKey = (schema: Schema | undefined): KeySchema => {
    const attribute = (keyType: 'HASH' | 'RANGE') => {
      const found = schema?.find((each) => each.KeyType === keyType)?.AttributeName
      if (found === undefined) return undefined
      const type = types.get(found) ?? fail(`The key attribute ${found} of table ${name} has no AttributeDefinition`)
      return { name: found, type }
    }
    const hash = attribute('HASH') ?? fail(`A key schema of table ${name} has no HASH attribute`)
    const range = attribute('RANGE')
    return { hash, ...(range && { range }) }
  }
  const key = readKey(definition.KeySchema)
  const readIndex = (index: GivenIndex, isGlobal: boolean): IndexDefinition => {
    const indexKey = readKey(index.KeySchema)
    const { ProjectionType = 'ALL', NonKeyAttributes = [] } = index.Projection ?? {}
    const keyNames = [indexKey.hash, indexKey.range, key.hash, key.range].flatMap((each) => each?.name ?? [])
    const attributes = ProjectionType === 'ALL' ? undefined : new Set([...keyNames, ...NonKeyAttributes])
    return {
      name: index.IndexName ?? fail(`An index of table ${name} needs a name`),
      isGlobal,
      key: indexKey,
      attributes,
    }
  }
  const ttl = definition.TimeToLiveSpecification
  return {
    name,
    key,
    indexes: [
      ...(definition.GlobalSecondaryIndexes ?? []).map((index) => readIndex(index, true)),
      ...(definition.LocalSecondaryIndexes ?? []).map((index) => readIndex(index, false)),
    ],
    timeToLive: ttl?.Enabled === false ? undefined : ttl?.AttributeName,
  }
}

function fail(message: string): never {
  throw new Error(`${message}.`)
}
