import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHandler as recordCallbacks } from '../../../functions/record-callbacks.ts'
import { createHandler as submitProfileAction } from '../../../functions/submit-profile-action.ts'
import { connectFlowControl } from '../../../lib/connect-flow-control.ts'
import { createLog } from '../../../lib/log.ts'
import type { Log } from '../../../lib/profile/ports.ts'
import { credentialStore } from '../../../lib/store/credentials/credentials.ts'
import { createStore } from '../../../lib/store/store.ts'
import { connectTable } from '../../../lib/store/table/table.ts'
import { readCallback } from '../../../lib/thingspace/callback/read-callback.ts'
import { connectThingSpace } from '../../../lib/thingspace/connect.ts'
import {
  account,
  anAccess,
  aSetting,
  context,
  eidOf,
  iccidOf,
  localBody,
  sqsEvent,
  submitEvent,
} from '../../builders.ts'
import { aCallbackOf } from '../../fakes/world.ts'
import { atMost, type Bench, type Findings, times } from '../findings.ts'
import { bareRecord, bareSubmit, recording } from '../measuring/bare-handlers.ts'
import { pinSelf } from '../measuring/cores.ts'
import { cannedSecrets } from '../measuring/canned-credentials.ts'
import { alternate, ratioOf } from '../measuring/sampling.ts'
import { ratioWithSpread, withSpread } from '../measuring/show.ts'
import { startCannedCloud } from '../measuring/start-canned-cloud.ts'

const rounds = { quick: 15, full: 61 }
const mostSeconds = { quick: 5, full: 30 }
/** The compiler has optimised the SDK only after several thousand calls. */
const warmUps = { quick: 12, full: 40 }
/** Requests or callbacks in one sample. */
const perSample = 50
const batches = [1, 10, 50] as const

type Variant = 'bare' | 'gateway' | 'gateway without its log' | 'bare again (A/A)'
type Work = { name: string; count: number; variants: Record<Variant, () => Promise<unknown>> }

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The CPU time of a warm environment, compared with a bare handler that sends the same commands. */
export async function run({ mode, say }: Bench): Promise<Findings> {
  pinSelf('subject')
  const cloud = await startCannedCloud()
  try {
    const results = []
    for (const work of await worksAt(cloud.url)) {
      const samples = await alternate(
        mapped(work.variants, (once) => () => processorTime(once, work.count)),
        { rounds: rounds[mode], warmUps: warmUps[mode], patienceSeconds: mostSeconds[mode] },
      )
      say(`${work.name}: ${ratioWithSpread(samples.gateway, samples.bare)}`)
      results.push({ name: work.name, samples })
    }
    return findingsOf(results)
  } finally {
    cloud.stop()
  }
}

/**
 * Microseconds of CPU time per request or callback, for the whole process including the threads of the garbage
 * collector.
 */
async function processorTime(once: () => Promise<unknown>, count: number): Promise<number> {
  const before = process.cpuUsage()
  const repeats = Math.ceil(perSample / count)
  for (let done = 0; done < repeats; done += 1) await once()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (repeats * count)
}

const mapped = <Key extends string, From, To>(record: Record<Key, From>, map: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value as From)])) as Record<Key, To>

async function worksAt(url: string): Promise<Work[]> {
  const table = connectTable({ tableName: 'table', retainSeconds: 3_024_000, clock: Date.now, endpoint: url })
  const { client, taken } = recording(table.client)
  const own = { ...table, client }
  const clock = Date.now
  const log = createLog({ level: 'INFO', service: 'thingspace-profile-gateway', namespace: 'bench', sampleRate: 0 })
  const submitWith = (chosen: Log) =>
    submitProfileAction({
      store: createStore(own),
      admit: async () => ({ kind: 'admitted' }),
      queue: { send: async () => undefined },
      thingSpace: connectThingSpace({
        baseUrl: `${url}/api`,
        credentialSets: {},
        credentialStore: credentialStore(own),
        secrets: cannedSecrets,
        clock,
        random: Math.random,
        log: chosen,
      }),
      access: anAccess(),
      settings: aSetting(),
      flow: connectFlowControl({ table: own, credentialSets: {}, settings: aSetting(), clock, log: chosen }),
      clock,
      random: Math.random,
      newId: randomUUID,
      budgetMilliseconds: 20_000,
      recordMilliseconds: 5_000,
      sleep,
      log: chosen,
    })
  const recordWith = (chosen: Log) =>
    recordCallbacks({
      store: createStore(own),
      readCallback,
      authenticate: async () => 'authentic',
      settings: { addresses: ['127.0.0.1'], refuseUnlistedAddresses: false },
      log: chosen,
    })

  const order = submitEvent('download_enable', localBody(1))
  const submit = log.metered(submitWith(log))
  const quietSubmit = submitWith(silent)
  // The first call reads the tokens, which a warm environment has in memory.
  await submit(order, context)
  taken()
  await submit(order, context)
  const bare = bareSubmit(table.client, taken(), `${url}/api`)
  const works: Work[] = [
    {
      name: 'submit-profile-action, one device',
      count: 1,
      variants: {
        bare: () => bare(order),
        gateway: () => submit(order, context),
        'gateway without its log': () => quietSubmit(order, context),
        'bare again (A/A)': () => bare(order),
      },
    },
  ]
  const record = log.metered(recordWith(log))
  const quietRecord = recordWith(silent)
  for (const count of batches) {
    const bodies = Array.from({ length: count }, (_, index) =>
      aCallbackOf('upstream-1', [
        { kind: 'eid', id: eidOf(index) },
        { kind: 'iccid', id: iccidOf(index) },
      ]),
    )
    const batch = sqsEvent(bodies, { accountName: account, sourceIp: '127.0.0.1' })
    taken()
    await record(batch, context)
    const bareBatch = bareRecord(table.client, taken())
    works.push({
      name: `record-callbacks, batches of ${count}`,
      count,
      variants: {
        bare: () => bareBatch(batch),
        gateway: () => record(batch, context),
        'gateway without its log': () => quietRecord(batch, context),
        'bare again (A/A)': () => bareBatch(batch),
      },
    })
  }
  return works
}

function findingsOf(results: readonly { name: string; samples: Record<Variant, number[]> }[]): Findings {
  const ratio = (part: string) => {
    const found = results.find(({ name }) => name.endsWith(part) || name.startsWith(part))
    return found === undefined ? Number.NaN : ratioOf(found.samples.gateway, found.samples.bare).median
  }
  return {
    method: [
      'Both handlers alternate in one process on one core. DynamoDB and ThingSpace are constant answers over HTTP from another core. The bare handler parses the body, sends the same commands as the gateway with the same client, POSTs to ThingSpace over a persistent connection, and answers JSON, without checks, log or protocol. Standard output is written and discarded.',
      `Microseconds of CPU time of the whole process, ${perSample} requests or callbacks per sample.`,
    ],
    tables: [
      {
        title: 'CPU time per request or callback, us: median (quartiles)',
        head: ['What', 'Bare', 'Gateway', 'Gateway / bare', 'without its log / bare', 'A/A'],
        rows: results.map(({ name, samples }) => [
          name,
          withSpread(samples.bare),
          withSpread(samples.gateway),
          ratioWithSpread(samples.gateway, samples.bare),
          ratioWithSpread(samples['gateway without its log'], samples.bare),
          ratioWithSpread(samples['bare again (A/A)'], samples.bare),
        ]),
      },
    ],
    targets: [
      atMost('warm processor time of a submit / bare with the same calls', 1.1, ratio('submit'), times),
      atMost('processor time of a callback alone / one bare SDK write', 1.1, ratio('batches of 1'), times),
      atMost('processor time of a callback in a batch of 50 / one bare SDK write', 1.1, ratio('batches of 50'), times),
    ],
    plots: [],
  }
}
