import { PutCommand, QueryCommand, type QueryCommandInput, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'vitest'
import { tableName as TableName } from './backend.ts'
import type { Claim, Send } from './suite.ts'

const refused = { name: 'ValidationException' }

/** The items that queries and scans find, their order and their pages. */
export function describeQueries(claim: Claim, send: Send): void {
  const fill = async (pk: string, items: Record<string, unknown>[]) => {
    for (const item of items) await send(new PutCommand({ TableName, Item: { pk, ...item } }))
  }
  const query = (input: Omit<QueryCommandInput, 'TableName'>) => send(new QueryCommand({ TableName, ...input }))
  const sortKeys = async (input: Omit<QueryCommandInput, 'TableName'>) =>
    (await query(input)).Items!.map((item): unknown => item['sk'])

  claim('a sort key is selected by every operator, in order and backwards', undefined, async () => {
    await fill(
      'query-range',
      ['a', 'b', 'ba', 'bb', 'c', 'é'].map((sk) => ({ sk })),
    )
    const select = (range: string, values: object, forward = true) =>
      sortKeys({
        KeyConditionExpression: `pk = :p${range && ` AND ${range}`}`,
        ExpressionAttributeValues: { ':p': 'query-range', ...values },
        ScanIndexForward: forward,
      })
    expect(await select('', {})).toEqual(['a', 'b', 'ba', 'bb', 'c', 'é'])
    expect(await select('', {}, false)).toEqual(['é', 'c', 'bb', 'ba', 'b', 'a'])
    expect(await select('sk = :v', { ':v': 'b' })).toEqual(['b'])
    expect(await select('sk < :v', { ':v': 'b' })).toEqual(['a'])
    expect(await select('sk <= :v', { ':v': 'b' })).toEqual(['a', 'b'])
    expect(await select('sk > :v', { ':v': 'bb' })).toEqual(['c', 'é'])
    expect(await select('sk >= :v', { ':v': 'bb' })).toEqual(['bb', 'c', 'é'])
    expect(await select('begins_with(sk, :v)', { ':v': 'b' })).toEqual(['b', 'ba', 'bb'])
    expect(await select('begins_with(sk, :v)', { ':v': 'b' }, false)).toEqual(['bb', 'ba', 'b'])
    expect(await select('sk BETWEEN :v AND :w', { ':v': 'b', ':w': 'bb' })).toEqual(['b', 'ba', 'bb'])
    expect(await select('sk BETWEEN :v AND :w', { ':v': 'x', ':w': 'y' })).toEqual([])
  })

  claim('the key condition may have the value first', { dynoxide: 'expects the name first' }, async () => {
    await fill('query-reversed', [{ sk: '1' }])
    const input = { ExpressionAttributeValues: { ':p': 'query-reversed', ':v': '1' } }
    expect(await sortKeys({ ...input, KeyConditionExpression: ':v = sk AND :p = pk' })).toEqual(['1'])
    expect(await sortKeys({ ...input, KeyConditionExpression: ':p = pk AND (begins_with(sk, :v))' })).toEqual(['1'])
  })

  const badKeys: [string, object, string?][] = [
    ['sk = :p', {}],
    ['pk > :p', {}],
    ['pk = :p OR sk = :p', {}],
    ['pk = :p AND sk <> :p', {}],
    ['pk = :p AND n = :p', {}],
    ['pk = :p AND sk > :p AND sk < :v', { ':v': 'x' }],
    ['begins_with(pk, :p)', {}],
    ['pk = :v', { ':v': 1 }, 'compares keys of any type'],
    ['pk = :v', { ':v': '' }, 'compares keys with nothing'],
  ]
  for (const [expression, values, dynoxide] of badKeys) {
    claim(
      `${expression} with ${JSON.stringify(values)} is no key condition`,
      dynoxide === undefined ? undefined : { dynoxide },
      async () => {
        const given = expression.includes(':p') ? { ':p': 'x', ...values } : { ...values }
        const input = { KeyConditionExpression: expression, ExpressionAttributeValues: given }
        await expect(query(input)).rejects.toMatchObject(refused)
      },
    )
  }

  claim('pages follow each other without a gap, in both directions', undefined, async () => {
    const all = Array.from({ length: 7 }, (_, at) => `s${at}`)
    await fill(
      'query-pages',
      all.map((sk) => ({ sk })),
    )
    for (const ScanIndexForward of [true, false]) {
      const seen: unknown[] = []
      const sizes: (number | undefined)[] = []
      let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey']
      do {
        const page = await query({
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': 'query-pages' },
          Limit: 3,
          ScanIndexForward,
          ExclusiveStartKey,
        })
        seen.push(...page.Items!.map((item): unknown => item['sk']))
        sizes.push(page.Count)
        ExclusiveStartKey = page.LastEvaluatedKey
      } while (ExclusiveStartKey)
      expect(seen).toEqual(ScanIndexForward ? all : all.toReversed())
      expect(sizes).toEqual([3, 3, 1])
    }
  })

  claim('a page that is exactly full is followed by an empty one', undefined, async () => {
    await fill('query-full', [{ sk: '1' }, { sk: '2' }])
    const input = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'query-full' }, Limit: 2 }
    const { LastEvaluatedKey } = await query(input)
    expect(LastEvaluatedKey).toEqual({ pk: 'query-full', sk: '2' })
    expect(await query({ ...input, ExclusiveStartKey: LastEvaluatedKey })).toMatchObject({ Items: [], Count: 0 })
  })

  claim('the filter is applied after the limit', undefined, async () => {
    await fill(
      'query-filter',
      [1, 2, 3, 4].map((n) => ({ sk: String(n), n })),
    )
    const page = await query({
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'n > :n',
      Limit: 3,
      ExpressionAttributeValues: { ':p': 'query-filter', ':n': 2 },
    })
    expect(page).toMatchObject({ Count: 1, ScannedCount: 3, LastEvaluatedKey: { sk: '3' } })
    expect(page.Items).toEqual([{ pk: 'query-filter', sk: '3', n: 3 }])
  })

  claim('a filter on a key attribute is refused', undefined, async () => {
    const input = { KeyConditionExpression: 'pk = :p', FilterExpression: 'sk = :p' }
    await expect(query({ ...input, ExpressionAttributeValues: { ':p': 'x' } })).rejects.toMatchObject(refused)
  })

  claim('a count returns no items, and a projection returns only parts', undefined, async () => {
    await fill('query-count', [{ sk: '1', n: 1, m: 1 }])
    const input = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'query-count' } }
    const counted = await query({ ...input, Select: 'COUNT' })
    expect(counted).toMatchObject({ Count: 1 })
    expect(counted.Items).toBeUndefined()
    expect((await query({ ...input, ProjectionExpression: 'n' })).Items).toEqual([{ n: 1 }])
  })

  claim('a page ends with the item that exceeds one megabyte', { dynoxide: 'before that item' }, async () => {
    const text = 'x'.repeat(390 * 1024)
    await fill(
      'query-large',
      ['1', '2', '3', '4'].map((sk) => ({ sk, text })),
    )
    const input = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'query-large' } }
    const { Count, LastEvaluatedKey } = await query(input)
    expect({ Count, LastEvaluatedKey }).toEqual({ Count: 3, LastEvaluatedKey: { pk: 'query-large', sk: '3' } })
  })

  claim('a start key that does not belong to the query is refused', undefined, async () => {
    const input = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'query-start' } }
    await expect(query({ ...input, ExclusiveStartKey: { pk: 'query-start' } })).rejects.toMatchObject(refused)
    await expect(query({ ...input, Limit: 0 })).rejects.toMatchObject(refused)
  })

  claim('a start key outside the query is refused', { dynoxide: 'finds nothing instead' }, async () => {
    const input = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'query-start' } }
    await expect(query({ ...input, ExclusiveStartKey: { pk: 'other', sk: '1' } })).rejects.toMatchObject(refused)
  })

  claim('an index is sparse, sorted by its own key, and pages by both keys', undefined, async () => {
    await fill('query-index', [
      { sk: '1', shelf: 'sparse', place: 10 },
      { sk: '2', shelf: 'sparse', place: 9 },
      { sk: '3', shelf: 'sparse' },
      { sk: '4', place: 1 },
      { sk: '5', shelf: 'sparse', place: -1.5 },
    ])
    const input = {
      IndexName: 'byShelf',
      KeyConditionExpression: 'shelf = :s',
      ExpressionAttributeValues: { ':s': 'sparse' },
    }
    expect(await sortKeys(input)).toEqual(['5', '2', '1'])
    expect(await sortKeys({ ...input, ScanIndexForward: false })).toEqual(['1', '2', '5'])
    const ranged = { ...input, KeyConditionExpression: 'shelf = :s AND place >= :r' }
    expect(await sortKeys({ ...ranged, ExpressionAttributeValues: { ':s': 'sparse', ':r': 9 } })).toEqual(['2', '1'])
    const { LastEvaluatedKey } = await query({ ...input, Limit: 2 })
    expect(LastEvaluatedKey).toEqual({ pk: 'query-index', sk: '2', shelf: 'sparse', place: 9 })
    expect(await sortKeys({ ...input, ExclusiveStartKey: LastEvaluatedKey })).toEqual(['1'])
    await fill('query-index', [{ sk: '2', shelf: 'elsewhere', place: 9 }, { sk: '5' }])
    expect(await sortKeys(input)).toEqual(['1'])
  })

  claim('the pages of one index key contain all rows', undefined, async () => {
    const all = Array.from({ length: 5 }, (_, at) => String(at))
    await fill(
      'query-ties',
      all.map((sk) => ({ sk, shelf: 'ties', place: 1 })),
    )
    const seen: string[] = []
    let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey']
    do {
      const page = await query({
        IndexName: 'byShelf',
        KeyConditionExpression: 'shelf = :s',
        Limit: 2,
        ExclusiveStartKey,
        ExpressionAttributeValues: { ':s': 'ties' },
      })
      seen.push(...page.Items!.map((item) => String(item['sk'])))
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    expect(seen.toSorted()).toEqual(all)
  })

  claim('an index returns the attributes that it projects', undefined, async () => {
    const item = { sk: '1', shelf: 'projected', place: 1, title: 'a', more: 1 }
    await fill('query-projected', [item])
    const read = (IndexName: string) =>
      query({ IndexName, KeyConditionExpression: 'shelf = :s', ExpressionAttributeValues: { ':s': 'projected' } })
    const key = { pk: 'query-projected', sk: '1', shelf: 'projected' }
    expect((await read('shelves')).Items).toEqual([key])
    expect((await read('titles')).Items).toEqual([{ ...key, title: 'a' }])
    expect((await read('byShelf')).Items).toEqual([{ pk: 'query-projected', ...item }])
  })

  claim(
    'a query for attributes that an index does not project is refused',
    { dynoxide: 'finds nothing instead' },
    async () => {
      const input = { IndexName: 'shelves', KeyConditionExpression: 'shelf = :s' }
      const values = { ExpressionAttributeValues: { ':s': 'projected' } }
      await expect(query({ ...input, ...values, ProjectionExpression: 'title' })).rejects.toMatchObject(refused)
      await expect(query({ ...input, ...values, FilterExpression: 'title = :s' })).rejects.toMatchObject(refused)
    },
  )

  claim('a consistent read of a global index is refused, and so is an unknown index', undefined, async () => {
    const input = { KeyConditionExpression: 'shelf = :s', ExpressionAttributeValues: { ':s': 'x' } }
    await expect(query({ ...input, IndexName: 'shelves', ConsistentRead: true })).rejects.toMatchObject(refused)
    await expect(query({ ...input, IndexName: 'nowhere' })).rejects.toMatchObject(refused)
  })

  claim('a scan returns every item once, over pages and over segments', undefined, async () => {
    const all = Array.from({ length: 9 }, (_, at) => `scan-${at % 4}/${at}`)
    for (const each of all) {
      const [pk, sk] = each.split('/')
      await send(new PutCommand({ TableName, Item: { pk, sk, scanned: true } }))
    }
    const read = async (more: object) => {
      const seen: string[] = []
      let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey']
      do {
        const page = await send(
          new ScanCommand({
            TableName,
            FilterExpression: 'scanned = :t',
            ExpressionAttributeValues: { ':t': true },
            Limit: 50,
            ExclusiveStartKey,
            ...more,
          }),
        )
        for (const item of page.Items ?? []) seen.push(`${String(item['pk'])}/${String(item['sk'])}`)
        ExclusiveStartKey = page.LastEvaluatedKey
      } while (ExclusiveStartKey)
      return seen
    }
    expect((await read({})).toSorted()).toEqual(all.toSorted())
    const segments = [await read({ Segment: 0, TotalSegments: 2 }), await read({ Segment: 1, TotalSegments: 2 })]
    expect(segments.flat().toSorted()).toEqual(all.toSorted())
  })

  claim('a query is billed by the bytes it reads, not by those it returns', undefined, async () => {
    await fill(
      'query-units',
      ['1', '2'].map((sk) => ({ sk, text: 'x'.repeat(6000), n: 1 })),
    )
    const { ConsumedCapacity } = await query({
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'n = :n',
      ReturnConsumedCapacity: 'TOTAL',
      ExpressionAttributeValues: { ':p': 'query-units', ':n': 2 },
    })
    expect(ConsumedCapacity).toMatchObject({ CapacityUnits: 1.5 })
  })

  claim('a query without results costs half a unit', { 'dynamodb-local': 'nothing' }, async () => {
    const { ConsumedCapacity } = await query({
      KeyConditionExpression: 'pk = :p',
      ReturnConsumedCapacity: 'TOTAL',
      ExpressionAttributeValues: { ':p': 'query-nothing' },
    })
    expect(ConsumedCapacity).toMatchObject({ CapacityUnits: 0.5 })
  })
}
