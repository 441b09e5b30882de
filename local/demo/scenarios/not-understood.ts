import type { CallbackReading } from '../../../lib/profile/request/callback.ts'
import { readCallback } from '../../../lib/thingspace/callback/read-callback.ts'
import { accounts } from '../accounts.ts'
import { device, smsrOid } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal } from '../stage.ts'
import { expectEqual, Unmet } from '../unmet.ts'

const accountName = accounts.notUnderstood
const unknownName = 'transactionNumber'

export const notUnderstood: Scenario = {
  name: 'a callback that is not understood',
  shows: 'kept in quarantine, and counted once a mended reader has read it again',
  play: async (stage) => {
    // The simulator carries this one out and never calls back.
    const ordered = device('9016')
    const order = await stage.order('enable', { accountName, smsrOid, devices: [ordered] })
    const [upstreamRequestId] = order.submissions.items[0]?.upstreamRequestIds ?? []

    stage.say(`ThingSpace calls back and says "${unknownName}" where every document says "requestId":`)
    const message = { ...ordered, [unknownName]: upstreamRequestId, status: 'Success' }
    expectEqual('the answer to ThingSpace', await stage.callBack(accountName, message), 200)
    await stage.wait('the message is in quarantine', async () => (await stage.quarantine.list(accountName)).length > 0)
    const [kept] = await stage.quarantine.list(accountName)
    if (kept === undefined) throw new Unmet('the message', 'in quarantine', 'nowhere')
    stage.say(`quarantine: ${kept.reason}`)
    expectEqual('why it was kept', kept.reason, 'no-request-id')

    stage.say('An operator tries it with the reader of today, then with one that knows the new name:')
    const { kind: before } = await stage.quarantine.readAgain(kept, readCallback)
    expectEqual('what became of it', before, 'not-understood')
    const { kind: after } = await stage.quarantine.readAgain(kept, mendedReader)
    expectEqual('what became of it after the mend', after, 'recorded')
    expectEqual('messages left in quarantine', (await stage.quarantine.list(accountName)).length, 0)
    const done = await stage.follow(order.requestId, 'final', isFinal)
    expectEqual('status of the request', done.status, 'succeeded')
  },
}

/** What a change of the reader would do: the new name means the request id. */
const mendedReader = (body: string): CallbackReading => readCallback(body.replaceAll(unknownName, 'requestId'))
