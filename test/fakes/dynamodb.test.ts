import { describe } from 'vitest'
import { createFakeDynamoDb } from './dynamodb/fake.ts'
import { table } from './dynamodb/conformance/backend.ts'
import { describeDynamoDb } from './dynamodb/conformance/suite.ts'

describe('the DynamoDB fake', () => {
  const client = createFakeDynamoDb({ tables: [table] })
  describeDynamoDb('fake', () => ({ engine: 'fake', client }))
})
