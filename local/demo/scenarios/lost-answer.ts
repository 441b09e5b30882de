import { accounts } from '../accounts.ts'
import type { RequestAnswer } from '../answers.ts'
import { device, iccidOf } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal, type Stage } from '../stage.ts'
import { expectEqual, Unmet } from '../unmet.ts'

const accountName = accounts.lostAnswer
const servicePlan = 'M2M_4G'

/**
 * Two submissions whose responses are lost. They are sent before the first scenario, because the gateway waits for the
 * lease and the grace period to end.
 */
export function lostAnswer(): Scenario {
  const [withCallback, withoutCallback] = [device(), device('9016')]
  let orders: { withCallback: RequestAnswer; withoutCallback: RequestAnswer } | undefined
  return {
    name: 'a lost response',
    shows: 'unconfirmed, not retried; resolved by its callbacks, or by a decision',

    prepare: async (stage) => {
      await stage.thingSpace.badDays([{ kind: 'reset-after-accept', accountName, count: 2 }])
      orders = {
        withCallback: await stage.order('download', { accountName, servicePlan, devices: [withCallback] }),
        withoutCallback: await stage.order('download', { accountName, servicePlan, devices: [withoutCallback] }),
      }
    },

    play: async (stage) => {
      if (orders === undefined) throw new Unmet('both orders', 'accepted', 'not accepted')
      for (const order of [orders.withCallback, orders.withoutCallback]) expectUnconfirmed(order)
      stage.say(`Since the start: ${orders.withoutCallback.next?.why}`)

      stage.say('The callback of the first request came under an unknown id, which the gateway adopts:')
      const resolved = await stage.follow(orders.withCallback.requestId, 'final', isFinal)
      expectEqual('status of the request', resolved.status, 'succeeded')
      const outcomes = resolved.submissions.items[0]?.attempts.map(({ outcome }) => outcome)
      expectEqual('outcomes of its attempts', outcomes, ['unknown'])
      expectEqual('times that ThingSpace accepted it', timesAccepted(stage, withCallback), 1)

      stage.say('The second request gets no callback, so it waits for a decision:')
      const needsDecision = ({ next }: RequestAnswer) => next?.what === 'decision'
      const waiting = await stage.follow(orders.withoutCallback.requestId, 'a decision is needed', needsDecision)
      expectEqual('status of the request', waiting.status, 'unconfirmed')
      stage.say(`${waiting.next?.why}`)
      expectEqual('attempts so far', waiting.submissions.items[0]?.attempt, 1)
      expectEqual('times that ThingSpace accepted it', timesAccepted(stage, withoutCallback), 1)
      await decide(stage, orders.withoutCallback.requestId)
      expectEqual('times that ThingSpace accepted it after the decision', timesAccepted(stage, withoutCallback), 2)
    },
  }
}

function expectUnconfirmed({ status, next, submissions }: RequestAnswer): void {
  expectEqual('status after the lost response', status, 'unconfirmed')
  expectEqual('next step', next?.what, 'callbacks')
  expectEqual('cause of the unknown attempt', submissions.items[0]?.attempts[0]?.cause, 'connection-lost')
}

const timesAccepted = ({ thingSpace }: Stage, asked: Parameters<typeof iccidOf>[0]): number =>
  thingSpace.acceptancesByIccid(accountName).get(iccidOf(asked)) ?? 0

/** An operator retries the request. Then the simulator sends the missing callback from its archive, as Verizon can. */
async function decide(stage: Stage, requestId: string): Promise<void> {
  const path = `/v1/requests/${requestId}/retry`
  const forbidden = await stage.call('POST', path)
  expectEqual('an app without profiles:manage', forbidden.status, 403)
  const token = await stage.tokenFor({ subject: 'operator', scopes: ['profiles:read', 'profiles:manage'] })
  const decided = await stage.call('POST', path, { token })
  expectEqual('an operator', decided.status, 202)
  const again = await stage.follow(requestId, 'accepted', ({ status }) => status === 'submitted')
  const [upstreamRequestId = ''] = again.submissions.items[0]?.upstreamRequestIds ?? []
  await stage.thingSpace.quiet()
  stage.say('ThingSpace: sends the missing callback from the archive')
  expectEqual('messages in the archive', await stage.thingSpace.redeliver(upstreamRequestId), 1)
  const done = await stage.follow(requestId, 'final', isFinal)
  expectEqual('status of the request', done.status, 'succeeded')
}
