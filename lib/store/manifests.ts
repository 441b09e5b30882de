import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { devicesPerPart, partsOfRange, unpackDevices } from '../profile/request/manifest.ts'
import { PoisonedItem } from '../profile/request/poisoned-item.ts'
import type { RequestStore } from '../profile/request/request-store.ts'
import { readItem } from './table/items.ts'
import { partKey, requestPartition } from './table/keys.ts'
import type { Table } from './table/table.ts'

const Part = z.object({ devices: z.instanceof(Uint8Array) })

/** Reads the devices of a request from its manifest, which is inline or in part items. `createRequest` writes both. */
export const manifestStore = ({ client, tableName }: Table): Pick<RequestStore, 'getDevices'> => ({
  async getDevices(request, firstDevice, deviceCount) {
    const { requestId, manifest } = request
    if (manifest !== undefined) return unpackDevices(manifest).slice(firstDevice, firstDevice + deviceCount)
    const { first, last } = partsOfRange(firstDevice, deviceCount)
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': requestPartition(requestId),
          ':first': partKey(request, first).sk,
          ':last': partKey(request, last).sk,
        },
        ConsistentRead: true,
      }),
    )
    const devices = Items.flatMap((item) => unpackDevices(readItem(Part, item).devices))
    const start = first * devicesPerPart
    // A missing part would shift all devices behind it to wrong positions.
    const expected = Math.min((last + 1) * devicesPerPart, request.deviceCount) - start
    if (devices.length !== expected) throw new PoisonedItem(`the manifest of request ${requestId} is incomplete`)
    return devices.slice(firstDevice - start, firstDevice - start + deviceCount)
  },
})
