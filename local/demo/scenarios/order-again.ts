import { randomUUID } from 'node:crypto'
import { accounts } from '../accounts.ts'
import { FailuresPage, ReorderAnswer, RequestAnswer } from '../answers.ts'
import { isReplay } from '../api.ts'
import { device, iccidOf, smsrOid } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal } from '../stage.ts'
import { expectEqual } from '../unmet.ts'

/** Failed devices of a request: listed by their codes, and ordered again as a new request. */
export const orderAgain: Scenario = {
  name: 'failed devices, ordered again',
  shows: 'the list of failures; a reorder sends the failed devices once, whatever is repeated',
  play: async (stage) => {
    // The simulator's outcomes: success, failure and fault.
    const asked = [device('9001'), device('9005'), device('9008')]
    const failed = asked.slice(1).map(iccidOf)
    const accountName = accounts.ordersAgain
    const first = await stage.order('download_enable', { accountName, smsrOid, devices: asked }, { Prefer: 'wait=20' })
    await stage.follow(first.requestId, 'final', isFinal)

    const { items } = await stage.followAnswer({
      path: `/v1/failures?accountName=${accountName}`,
      what: 'both failures are listed',
      schema: FailuresPage,
      until: (page) => page.items.length >= failed.length,
    })
    for (const { position, code } of items) stage.say(`  device ${position} failed: ${code}`)
    expectEqual('failed devices', items.map(iccidOf).toSorted(), failed.toSorted())

    const path = `/v1/requests/${first.requestId}/reorder`
    const headers = { 'Idempotency-Key': `again-${randomUUID()}` }
    const made = await stage.call('POST', path, { headers })
    expectEqual('status of the reorder', made.status, 202)
    const { requestId, reorderOf, reorder } = ReorderAnswer.parse(made.body)
    expectEqual('the request that it orders again', reorderOf, first.requestId)
    expectEqual('devices that it orders', reorder?.deviceCount, failed.length)

    const repeated = await stage.call('POST', path, { headers })
    expectEqual('whether the repeat is a replay', isReplay(repeated), true)
    expectEqual('requestId of the repeat', RequestAnswer.parse(repeated.body).requestId, requestId)

    await stage.follow(requestId, 'final', isFinal)
    expectEqual(
      'how often ThingSpace accepted each',
      asked.map((each) => stage.thingSpace.acceptancesByIccid(accountName).get(iccidOf(each)) ?? 0),
      [1, 2, 2],
    )
    stage.say('ThingSpace accepted the successful device once, and each failed device twice')
  },
}
