import { accounts } from '../accounts.ts'
import type { RequestAnswer } from '../answers.ts'
import { device, iccidOf } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal, type Stage } from '../stage.ts'
import { expectEqual, Unmet } from '../unmet.ts'

const accountName = accounts.lostAnswer
const servicePlan = 'M2M_4G'

/**
 * Two orders whose answers get lost, begun before everything else: what takes time here is the patience with which the
 * gateway waits for evidence.
 */
export function lostAnswer(): Scenario {
  const [heard, silent] = [device(), device('9016')]
  let orders: { heard: RequestAnswer; silent: RequestAnswer } | undefined
  return {
    name: 'a lost answer',
    shows: 'unconfirmed, not repeated; settled by its callbacks, or by a decision',

    prepare: async (stage) => {
      await stage.thingSpace.badDays([{ kind: 'reset-after-accept', accountName, count: 2 }])
      orders = {
        heard: await stage.order('download', { accountName, servicePlan, devices: [heard] }),
        silent: await stage.order('download', { accountName, servicePlan, devices: [silent] }),
      }
    },

    play: async (stage) => {
      if (orders === undefined) throw new Unmet('both orders', 'accepted', 'not accepted')
      for (const order of [orders.heard, orders.silent]) expectDoubt(order)
      stage.say(`Since the start: ${orders.silent.next?.why}`)

      stage.say('The first was called back under an id that the gateway was never told, and gets it:')
      const settled = await stage.follow(orders.heard.requestId, 'final', isFinal)
      expectEqual('status of the request', settled.status, 'succeeded')
      const outcomes = settled.submissions.items[0]?.attempts.map(({ outcome }) => outcome)
      expectEqual('outcomes of its attempts', outcomes, ['unknown'])
      expectEqual('how often ThingSpace accepted it', timesAccepted(stage, heard), 1)

      stage.say('The second was never called back, so it waits for a person:')
      const needsDecision = ({ next }: RequestAnswer) => next?.what === 'decision'
      const waiting = await stage.follow(orders.silent.requestId, 'a decision is needed', needsDecision)
      expectEqual('status of the request', waiting.status, 'unconfirmed')
      stage.say(`${waiting.next?.why}`)
      expectEqual('attempts so far', waiting.submissions.items[0]?.attempt, 1)
      expectEqual('how often ThingSpace accepted it', timesAccepted(stage, silent), 1)
      await decide(stage, orders.silent.requestId)
      expectEqual('how often ThingSpace accepted it, the decision included', timesAccepted(stage, silent), 2)
    },
  }
}

function expectDoubt({ status, next, submissions }: RequestAnswer): void {
  expectEqual('status after the lost answer', status, 'unconfirmed')
  expectEqual('what happens next', next?.what, 'callbacks')
  expectEqual('cause of the doubt', submissions.items[0]?.attempts[0]?.cause, 'connection-lost')
}

const timesAccepted = ({ thingSpace }: Stage, asked: Parameters<typeof iccidOf>[0]): number =>
  thingSpace.acceptancesByIccid(accountName).get(iccidOf(asked)) ?? 0

/** A person has looked and tries again; Verizon's support then sends the lost callback from its archive. */
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
  stage.say('ThingSpace: the lost callback is sent from the archive')
  expectEqual('messages in the archive', await stage.thingSpace.redeliver(upstreamRequestId), 1)
  const done = await stage.follow(requestId, 'final', isFinal)
  expectEqual('status of the request', done.status, 'succeeded')
}
