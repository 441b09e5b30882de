import { account, eidOf, iccidOf } from '../../builders.ts'
import { CredentialStorm } from '../../simulation/credential-storm.ts'
import { noFaults } from '../../simulation/plan.ts'
import { connectThingSpace } from '../../../lib/thingspace/connect.ts'
import { credentialStore } from '../../../lib/store/credentials.ts'
import { connectTable } from '../../../lib/store/table.ts'
import { type Bench, exactly, type Findings, number } from '../findings.ts'
import { startCannedCloud } from '../measuring/start-canned-cloud.ts'

const submits = 1000
const environments = 200

/** What is counted: sockets that an environment opens to ThingSpace, and logins when a session ends for all at once. */
export async function run({ say }: Bench): Promise<Findings> {
  const sockets = await socketsOf(submits)
  say(`${submits} submits: ${sockets} sockets`)
  const logins = await loginsOf(environments)
  say(`${environments} environments, two sessions: ${logins} logins`)
  return {
    method: [
      'Sockets: one environment with the real ThingSpace client submits one after the other to a server that counts connections. Logins: environments with the real credentials, one shared record and a virtual clock; ThingSpace ends the session that all of them hold, and all notice at once.',
    ],
    tables: [
      {
        title: 'Counts',
        head: ['What', 'How many', 'Of'],
        rows: [
          ['sockets to ThingSpace of one environment', number(sockets), `${number(submits)} submits`],
          ['logins', number(logins), `${environments} environments and 2 sessions`],
        ],
      },
    ],
    targets: [
      exactly('sockets to ThingSpace of one environment', 1, sockets),
      exactly(`logins for each session that ends, ${environments} environments`, 1, logins / 2),
    ],
    plots: [],
  }
}

/** Connections to ThingSpace alone: the table's are those that were open before the first submit. */
export async function socketsOf(count: number): Promise<number> {
  const upstream = await startCannedCloud()
  const cloud = await startCannedCloud()
  try {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const thingSpace = connectThingSpace({
      baseUrl: `${upstream.url}/api`,
      credentialSets: {},
      credentialStore: credentialStore(
        connectTable({ tableName: 'table', retainSeconds: 3_024_000, endpoint: cloud.url }),
      ),
      secrets: { thingSpaceSecret: () => Promise.reject(new Error('the canned record is good')) },
      clock: Date.now,
      random: Math.random,
      log,
    })
    for (let made = 0; made < count; made += 1) {
      const { kind } = await thingSpace.submit({
        accountName: account,
        action: 'enable',
        family: 'local',
        fields: { smsrOid: '1.3.6.1' },
        devices: [
          [
            { kind: 'eid', id: eidOf(made) },
            { kind: 'iccid', id: iccidOf(made) },
          ],
        ],
        budgetMilliseconds: 20_000,
      })
      if (kind !== 'accepted') throw new Error(`a submit was ${kind}`)
    }
    return await upstream.connections()
  } finally {
    upstream.stop()
    cloud.stop()
  }
}

/** Logins for two sessions: the first, and the one after it has ended behind everybody's back. */
export async function loginsOf(count: number): Promise<number> {
  const storm = new CredentialStorm(1, noFaults)
  for (let index = 0; index < count; index += 1) storm.environment(index === 0 ? 0 : 20_000, 2)
  storm.scheduler.after(50_000, () => {
    storm.door.session = 'ended'
  })
  await storm.scheduler.run()
  return storm.door.logins
}
