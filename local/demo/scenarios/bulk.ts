import { accounts } from '../accounts.ts'
import { type DeviceAnswer, DevicesPage, type RequestAnswer } from '../answers.ts'
import { type Device, device, iccidOf, smsrOid } from '../devices.ts'
import type { Scenario } from '../scenario.ts'
import { isFinal, type Stage } from '../stage.ts'
import { differences, expectEqual, Unmet } from '../unmet.ts'
import { compareCsv } from './bulk-csv.ts'
import { type BulkOutcome, bulkOutcomes } from './bulk-outcomes.ts'

type Asked = { device: Device; outcome: BulkOutcome }

/** Two scenarios: a bulk request whose every device is checked, and its results as CSV. */
export function bulkScenarios(): Scenario[] {
  const asked = scattered(
    bulkOutcomes.flatMap((outcome) =>
      Array.from({ length: outcome.devices }, () => ({ device: device(outcome.iccidEnd), outcome })),
    ),
  )
  let finished: { requestId: string; rows: readonly DeviceAnswer[] } | undefined
  return [
    {
      name: `${asked.length} devices in one request`,
      shows: `${bulkOutcomes.length} kinds of outcome; every device exact, no callback lost, 2 bad devices found`,
      play: async (stage) => {
        const devices = asked.map((each) => each.device)
        const { requestId, status } = await stage.order('download_enable', {
          accountName: accounts.bulk,
          smsrOid,
          devices,
        })
        expectEqual('initial status of a bulk request', status, 'queued')
        const done = await stage.follow(requestId, 'final', isFinal)
        expectEqual('status of the request', done.status, 'partially_succeeded')
        expectCounts(done)
        await stage.thingSpace.quiet()
        expectCallbacksAcknowledged(stage)
        expectAcceptedOnce(stage, asked)
        const rows = await rowsAsExpected(stage, requestId, asked)
        tellOutcomes(stage)
        finished = { requestId, rows }
      },
    },
    {
      name: 'the bulk results as CSV',
      shows: 'a header and one line for each device, equal to the JSON',
      play: async (stage) => {
        if (finished === undefined) throw new Unmet('the bulk request', 'as expected', 'not as expected')
        await compareCsv(stage, finished.requestId, finished.rows)
      },
    },
  ]
}

/** Shuffles the devices deterministically. It visits each once, because the length is not a multiple of 7. */
const scattered = (all: readonly Asked[]): Asked[] =>
  all.flatMap((_, position) => all[(position * 7) % all.length] ?? [])

function expectCallbacksAcknowledged(stage: Stage): void {
  const sent = stage.thingSpace.callbacksOfAccount(accounts.bulk)
  const messages = bulkOutcomes.reduce((sum, outcome) => sum + outcome.devices * outcome.messages, 0)
  expectEqual('callbacks that ThingSpace sent', sent.length, messages)
  const acknowledged = sent.filter(({ state }) => state === 'acknowledged').length
  expectEqual('callbacks that were acknowledged', acknowledged, messages)
  stage.say(`ThingSpace sent ${messages} callbacks, and ${acknowledged} were acknowledged`)
}

function expectAcceptedOnce(stage: Stage, asked: readonly Asked[]): void {
  const acceptances = stage.thingSpace.acceptancesByIccid(accounts.bulk)
  const wrong = asked.filter(
    (each) => (acceptances.get(iccidOf(each.device)) ?? 0) !== (each.outcome.messages === 0 ? 0 : 1),
  )
  expectEqual('devices that ThingSpace accepted more or less than once', wrong.length, 0)
}

/** Reads the devices until each has its expected result. The last callbacks may still be in the queue. */
async function rowsAsExpected(stage: Stage, requestId: string, asked: readonly Asked[]): Promise<DeviceAnswer[]> {
  const expected = asked.map(({ device: { deviceIds }, outcome: { status, code } }, position) => ({
    position,
    deviceIds,
    status,
    code,
  }))
  const wrong = ({ items }: DevicesPage) => differences(items.map(comparedMembers), expected)
  const page = await stage.followAnswer({
    path: `/v1/requests/${requestId}/devices?limit=1000`,
    what: 'every device has its expected result',
    schema: DevicesPage,
    until: (read) => wrong(read).length === 0,
    tell: (read) => {
      const [first, ...others] = wrong(read)
      return first === undefined ? 'all match' : `${1 + others.length} differ, such as ${JSON.stringify(first)}`
    },
  })
  return page.items
}

const comparedMembers = ({ position, deviceIds, status, result, error }: DeviceAnswer) => {
  const code = result?.fault?.code ?? result?.euicc?.code ?? error?.code
  return { position, deviceIds, status, code: status === 'succeeded' ? undefined : code }
}

function expectCounts({ devices }: RequestAnswer): void {
  const counts = { total: 0, pending: 0, warning: 0, succeeded: 0, failed: 0, expired: 0, cancelled: 0, conflicts: 0 }
  for (const outcome of bulkOutcomes) {
    counts.total += outcome.devices
    counts[outcome.status] += outcome.devices
  }
  expectEqual('counts of the request', devices, counts)
}

function tellOutcomes(stage: Stage): void {
  for (const { devices, about, status, code = '' } of bulkOutcomes) {
    stage.say(`  ${String(devices).padStart(4)}  ${about.padEnd(54)} ${status}  ${code}`.trimEnd())
  }
}
