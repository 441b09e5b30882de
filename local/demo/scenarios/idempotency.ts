import { randomUUID } from 'node:crypto'
import { accounts } from '../accounts.ts'
import { RequestAnswer } from '../answers.ts'
import { isReplay } from '../api.ts'
import { device, iccidOf } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal } from '../stage.ts'
import { expectEqual } from '../unmet.ts'

const path = '/v1/devices/profile/actions/download'

/** Repeated submits with one Idempotency-Key: the gateway replays the first response. */
export const idempotency: Scenario = {
  name: 'the same order twice',
  shows: 'one Idempotency-Key, one request: replayed; another body is 422',
  play: async (stage) => {
    const [asked, other] = [device(), device()]
    const body = { accountName: accounts.repeats, servicePlan: 'M2M_4G', devices: [asked] }
    const headers = { 'Idempotency-Key': `order-${randomUUID()}` }
    const first = await stage.order('download', body, headers)

    const second = await stage.call('POST', path, { body, headers })
    expectEqual('status of the repeat', second.status, 202)
    expectEqual('whether it is a replay', isReplay(second), true)
    expectEqual('requestId of the repeat', RequestAnswer.parse(second.body).requestId, first.requestId)

    const changed = await stage.call('POST', path, { body: { ...body, devices: [other] }, headers })
    expectEqual('the same key with another body', changed.status, 422)

    stage.say('Three concurrent calls, as from a client with an aggressive retry:')
    const impatient = { body: { ...body, devices: [other] }, headers: { 'Idempotency-Key': `order-${randomUUID()}` } }
    const answers = await Promise.all([1, 2, 3].map(async () => stage.call('POST', path, impatient)))
    expectEqual(
      'their statuses',
      answers.map(({ status }) => status),
      [202, 202, 202],
    )
    expectEqual('number of replays', answers.filter(isReplay).length, 2)
    const ids = new Set(answers.map((answer) => RequestAnswer.parse(answer.body).requestId))
    expectEqual('number of requests created', ids.size, 1)

    for (const requestId of [first.requestId, ...ids]) {
      const done = await stage.follow(requestId, 'final', isFinal)
      expectEqual('status of the request', done.status, 'succeeded')
    }
    const acceptances = stage.thingSpace.acceptancesByIccid(accounts.repeats)
    expectEqual(
      'how often ThingSpace accepted each',
      [asked, other].map((each) => acceptances.get(iccidOf(each))),
      [1, 1],
    )
    stage.say('ThingSpace accepted each of the two devices once')
  },
}
