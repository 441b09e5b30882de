import type { CallbackReading } from '../../../lib/profile/request/callback.ts'
import { readCallback } from '../../../lib/thingspace/callback/read-callback.ts'
import { accounts } from '../accounts.ts'
import { device, smsrOid } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal } from '../stage.ts'
import { expectEqual, Unmet } from '../unmet.ts'

const accountName = accounts.notUnderstood
const unknownName = 'transactionNumber'

/** A callback that the reader does not understand, quarantined and rerun after a fix. */
export const notUnderstood: Scenario = {
  name: 'a callback that is not understood',
  shows: 'kept in quarantine, and recorded after the reader was fixed',
  play: async (stage) => {
    // The simulator runs the action for this device but sends no callback.
    const ordered = device('9016')
    const order = await stage.order('enable', { accountName, smsrOid, devices: [ordered] })
    const [upstreamRequestId] = order.submissions.items[0]?.upstreamRequestIds ?? []

    stage.say(`ThingSpace sends a callback with "${unknownName}" instead of the documented "requestId":`)
    const message = { ...ordered, [unknownName]: upstreamRequestId, status: 'Success' }
    expectEqual('status of the response', await stage.callBack(accountName, message), 200)
    await stage.wait('the message is in quarantine', async () => (await stage.quarantine.list(accountName)).length > 0)
    const [kept] = await stage.quarantine.list(accountName)
    if (kept === undefined) throw new Unmet('the message', 'in quarantine', 'nowhere')
    stage.say(`quarantine: ${kept.reason}`)
    expectEqual('reason of the quarantine', kept.reason, 'no-request-id')

    stage.say('An operator reruns it with the current reader, then with one that knows the new name:')
    const { kind: before } = await stage.quarantine.readAgain(kept, readCallback)
    expectEqual('outcome with the current reader', before, 'not-understood')
    const { kind: after } = await stage.quarantine.readAgain(kept, fixedReader)
    expectEqual('outcome with the fixed reader', after, 'recorded')
    expectEqual('messages left in quarantine', (await stage.quarantine.list(accountName)).length, 0)
    const done = await stage.follow(order.requestId, 'final', isFinal)
    expectEqual('status of the request', done.status, 'succeeded')
  },
}

/** Simulates a fix of the reader: it reads the new name as the request id. */
const fixedReader = (body: string): CallbackReading => readCallback(body.replaceAll(unknownName, 'requestId'))
