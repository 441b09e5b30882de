import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { copyMissingItems } from '../../deploy/copy-missing-items.ts'
import { deployment } from '../deployment.ts'
import { createFakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import type { TableDefinition } from '../fakes/dynamodb/table-definition.ts'

const now = 1_790_000_000_000
const definition = deployment.resources.tables.get('Table')
const tableNamed = (TableName: string) => ({ ...definition, TableName }) as TableDefinition

const item = (pk: string, more: object) => ({ pk, sk: 'META', expiresAt: now / 1000 + 60, ...more })

test('the copy of missing items overwrites nothing, leaves out what expired, and names requests that are not finished', async () => {
  const client = createFakeDynamoDb({ tables: [tableNamed('restored'), tableNamed('running')], now: () => now })
  const put = (TableName: string, Item: object) => client.send(new PutCommand({ TableName, Item: { ...Item } }))
  await put('restored', item('a', { entity: 'request', requestId: 'a', is: 'old' }))
  await put('restored', item('b', { entity: 'request', requestId: 'b', is: 'old' }))
  await put('restored', item('c', { entity: 'submission', requestId: 'c', state: 'queued' }))
  await put('restored', item('d', { entity: 'submission', requestId: 'd', state: 'submitted' }))
  await put('restored', item('e', { entity: 'request', expiresAt: now / 1000 - 1 }))
  await put('restored', item('f', { entity: 'orphan' }))
  await put('restored', item('g', { entity: 'credentials' }))
  await put('running', item('a', { entity: 'request', requestId: 'a', is: 'new' }))

  const copy = () => copyMissingItems({ client, from: 'restored', to: 'running', now })

  expect(await copy()).toEqual({ read: 7, copied: 3, present: 1, unfinishedRequests: ['c'] })
  expect(client.snapshot('running').map(({ pk, is }) => [pk, is])).toEqual([
    ['a', 'new'],
    ['b', 'old'],
    ['c', undefined],
    ['d', undefined],
  ])
  expect(await copy()).toEqual({ read: 7, copied: 0, present: 4, unfinishedRequests: [] })
})
