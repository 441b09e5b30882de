import { accounts } from '../accounts.ts'
import type { RequestAnswer } from '../answers.ts'
import { device, smsrOid } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal, type Stage } from '../stage.ts'
import { expectEqual } from '../unmet.ts'

const bulkSize = 250

/** An outage of ThingSpace during three requests: the gateway tries less and less, and sends each when it is over. */
export const outage: Scenario = {
  name: 'an outage of ThingSpace',
  shows: '503, then refused connections: orders wait, calls stop, and each is done once afterwards',
  play: async (stage) => {
    const { thingSpace } = stage
    const accountName = accounts.outage
    const takenBefore = stage.messagesTakenBy('retry-submission')

    await thingSpace.badDays([{ kind: '503', accountName, retryAfterSeconds: 1 }])
    const download = await stage.order('download', { accountName, servicePlan: 'M2M_4G', devices: [device()] })
    expectRetrying(download)
    const bulk = await stage.order('enable', {
      accountName,
      smsrOid,
      devices: Array.from({ length: bulkSize }, () => device()),
    })
    await stage.follow(
      bulk.requestId,
      'all 3 submissions wait',
      ({ submissions }) => submissions.items.length === 3 && submissions.items.every(({ state }) => isWaiting(state)),
    )

    await thingSpace.badDays([{ kind: 'refuse-connections' }])
    const late = await stage.order('delete', { accountName, smsrOid, devices: [device()] })
    expectEqual('whether the late order waits', ['retrying', 'queued'].includes(late.status), true)
    const waiting = await stage.follow(
      download.requestId,
      'calls have stopped',
      ({ next }) => next?.why.includes('All recent calls with these credentials failed') === true,
    )
    stage.say(`  ${waiting.next?.why ?? ''}`)
    expectEqual('submissions accepted during the outage', thingSpace.acceptedOf(accountName).length, 0)

    await thingSpace.badDays([])
    const attempts: number[] = []
    for (const { requestId } of [download, bulk, late]) {
      const done = await stage.follow(requestId, 'final', isFinal)
      expectEqual('status of the request', done.status, 'succeeded')
      tellAttempts(stage, done)
      attempts.push(...done.submissions.items.map((each) => each.attempts.length))
    }
    const tried = attempts.reduce((sum, count) => sum + count, 0)
    stage.say(`the ${attempts.length} submissions needed ${tried} attempts`)
    expectEqual(
      'whether the outage cost fewer attempts than four for each submission',
      tried < 4 * attempts.length,
      true,
    )
    const acceptances = [...thingSpace.acceptancesByIccid(accountName).values()]
    expectEqual('devices that ThingSpace accepted', acceptances.length, bulkSize + 2)
    expectEqual('devices that it accepted more than once', acceptances.filter((times) => times > 1).length, 0)
    const taken = stage.messagesTakenBy('retry-submission') - takenBefore
    stage.say(`retry-submission received ${taken} messages from SQS; ThingSpace accepted each device once`)
  },
}

function expectRetrying({ status, next }: RequestAnswer): void {
  expectEqual('status during the outage', status, 'retrying')
  expectEqual('next step', next?.what, 'retry')
  expectEqual('whether the next step has a time', Number.isFinite(Date.parse(next?.at ?? '')), true)
}

const isWaiting = (state: string): boolean => state === 'waiting' || state === 'queued'

function tellAttempts(stage: Stage, { submissions }: RequestAnswer): void {
  for (const { submission, attempts } of submissions.items) {
    const told = attempts.map(({ outcome, cause }) => (cause === undefined ? outcome : `${outcome} (${cause})`))
    stage.say(`  submission ${submission}: ${told.join(', ')}`)
    expectEqual('outcomes of the last attempt', attempts.at(-1)?.outcome, 'accepted')
  }
}
