import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { credentials } from '../../local/aws/account.ts'
import type { Device } from '../../lib/profile/order/identifiers.ts'
import { unpackDevices } from '../../lib/profile/request/manifest.ts'
import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import { Result } from '../../lib/profile/request/result.ts'
import { Submission } from '../../lib/profile/request/submission.ts'
import { StoredRequest } from '../../lib/store/table/items.ts'

const Entity = z.object({ pk: z.string(), sk: z.string(), entity: z.string().default('') })
const Part = z.object({ devices: z.instanceof(Uint8Array) })
const UpstreamLink = z.object({ upstreamRequestId: z.string(), requestId: z.string(), submission: z.number() })
const StoredResult = z.object({ ...Result.shape, digests: z.set(z.string()) })
const Quarantined = z.object({ accountName: z.string(), reason: z.string(), raw: z.string() })

export type StoredRequest = { request: ProfileRequest; submissions: Submission[]; devices: Device[] }

export type TableContents = {
  requests: ReadonlyMap<string, StoredRequest>
  upstreamLinks: ReadonlyMap<string, z.infer<typeof UpstreamLink>>
  orphans: ReadonlySet<string>
  results: ReadonlyMap<string, z.infer<typeof StoredResult>[]>
  quarantine: readonly z.infer<typeof Quarantined>[]
  /** Every item as text. */
  texts: readonly { key: string; text: string }[]
}

/** Reads the whole table with the schemas of the code that writes it. */
export async function readTable(endpoint: string, tableName: string): Promise<TableContents> {
  const parts = new Map<string, Device[]>()
  const submissions: Submission[] = []
  const requests = new Map<string, StoredRequest>()
  const upstreamLinks = new Map<string, z.infer<typeof UpstreamLink>>()
  const orphans = new Set<string>()
  const results = new Map<string, z.infer<typeof StoredResult>[]>()
  const quarantine: z.infer<typeof Quarantined>[] = []
  const texts: { key: string; text: string }[] = []

  for await (const item of itemsOf(endpoint, tableName)) {
    const { pk, sk, entity } = Entity.parse(item)
    texts.push({ key: `${pk} ${sk}`, text: JSON.stringify(item, plainSets) })
    switch (entity) {
      case 'request': {
        const request = StoredRequest.parse(item)
        const devices = request.manifest === undefined ? [] : unpackDevices(request.manifest)
        requests.set(request.requestId, { request, submissions: [], devices })
        break
      }
      case 'part':
        parts.set(`${pk} ${sk}`, unpackDevices(Part.parse(item).devices))
        break
      case 'submission':
        submissions.push(Submission.parse(item))
        break
      case 'owner': {
        const link = UpstreamLink.parse(item)
        upstreamLinks.set(link.upstreamRequestId, link)
        break
      }
      case 'orphan':
        orphans.add(pk.slice('TSR#'.length))
        break
      case 'result': {
        const result = StoredResult.parse(item)
        const others = results.get(result.upstreamRequestId) ?? []
        results.set(result.upstreamRequestId, [...others, result])
        break
      }
      case 'quarantine':
        quarantine.push(Quarantined.parse(item))
    }
  }
  for (const submission of submissions.toSorted((a, b) => a.firstDevice - b.firstDevice)) {
    requests.get(submission.requestId)?.submissions.push(submission)
  }
  for (const [key, devices] of [...parts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    requests.get(key.slice('REQ#'.length, key.indexOf(' ')))?.devices.push(...devices)
  }
  return { requests, upstreamLinks, orphans, results, quarantine, texts }
}

async function* itemsOf(endpoint: string, TableName: string) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }))
  let from: Record<string, unknown> | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey: from }),
    )
    yield* Items
    from = LastEvaluatedKey
  } while (from !== undefined)
  client.destroy()
}

/** JSON has no sets, and bytes need not be shown as numbers. */
const plainSets = (_key: string, value: unknown): unknown => {
  if (value instanceof Set) return [...value]
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}
