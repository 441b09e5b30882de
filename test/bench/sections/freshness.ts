import { setTimeout as sleep } from 'node:timers/promises'
import { aCallbackOf } from '../../fakes/world.ts'
import { deploymentWith } from '../../deployment.ts'
import { atMost, type Bench, exactly, type Findings, number, type Table } from '../findings.ts'
import { pinSelf } from '../measuring/cores.ts'
import { createCaller } from '../measuring/http-load.ts'
import { newOrder } from '../measuring/orders.ts'
import { at, spreadOf } from '../measuring/sampling.ts'
import { withSpread } from '../measuring/show.ts'
import { type StackProcess, startStackProcess } from '../measuring/start-stack.ts'
import { type Arrivals, countWindowed, type Windowed, type Windows } from '../measuring/windows.ts'

const rounds = { quick: 5, full: 25 }
const patienceMs = 15_000
const pollMs = 5

/** Parameters of serverless.yml. */
const variants: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'none, as deployed': {},
  'a second for the stream': { changesWindowSeconds: '1' },
  'a second for both, 50 callbacks': {
    callbacksBatchSize: '50',
    callbacksWindowSeconds: '1',
    changesWindowSeconds: '1',
  },
}

const arrivals: readonly Arrivals[] = [
  { orders: 100, devices: 1, seconds: 20 },
  { orders: 1, devices: 100, seconds: 10 },
  { orders: 1, devices: 1000, seconds: 10 },
]

/**
 * How long a caller waits for a result after its callback was accepted, and what the two batching windows cost and
 * save.
 */
export async function run({ mode, folder, say }: Bench): Promise<Findings> {
  const counted: { name: string; load: Arrivals; windowed: Windowed }[] = []
  for (const load of arrivals)
    for (const [name, parameters] of Object.entries(variants))
      counted.push({ name, load, windowed: await countWindowed(windowsOf(parameters), load) })
  say(`${counted.length} combinations counted`)
  pinSelf('stage')
  const waited: { name: string; waits: Wait[] }[] = []
  for (const [name, parameters] of Object.entries(variants)) {
    const waits = await waitsIn(await startStackProcess('gateway', folder, parameters), rounds[mode])
    waited.push({ name, waits })
    say(`${name}: told after ${number(spreadOf(waits.map(({ told }) => told)).median)} ms`)
  }
  const deployed = waited[0]?.waits ?? []
  return {
    method: [
      'One device is ordered on the local stack, and its callback is sent to the callback endpoint. Readable: the time from the answer to the callback until `GET /v1/requests/{id}` shows the final status. Told: until a subscriber has received `request.completed`. Both are asked every 5 ms. The event sources of the local stack wait as those of Lambda do: the queue is received by long polls, and the shard is read four times a second. The times of AWS itself (API Gateway, SQS, Lambda, SNS) are not included.',
      'The counts come from virtual time: the real handlers with the table in memory, callbacks that arrive evenly, functions that take no time, one shard with one lane. Each callback that finds no other is a call of its own, so the calls of record-callbacks are the most that there can be.',
    ],
    tables: [timesTable(waited), countsTable(counted)],
    targets: [
      atMost('one order: callback accepted until readable, p95 on the local stack, ms', 500, p95(deployed, 'readable')),
      atMost('one order: callback accepted until told, p95 on the local stack, ms', 1000, p95(deployed, 'told')),
      exactly('write units that no windows add to 1,000 devices', 0, added(counted, 1000)),
    ],
    plots: [],
  }
}

/** The event sources of a deployment with these parameters. */
export function windowsOf(parameters: Readonly<Record<string, string>>): Windows {
  const { functions } = deploymentWith(parameters)
  const [callbacks] = functions.find(({ name }) => name === 'record-callbacks')?.queues ?? []
  const [changes] = functions.find(({ name }) => name === 'project-changes')?.streams ?? []
  if (callbacks === undefined || changes === undefined) throw new Error('serverless.yml has no such event sources')
  const { batchSize, maximumBatchingWindow } = callbacks
  return { batchSize, callbacksWindow: maximumBatchingWindow * 1000, changesWindow: changes.batchWindow * 1000 }
}

/** Milliseconds since the callback was accepted. */
type Wait = { readable: number; told: number }

async function waitsIn(stack: StackProcess, count: number): Promise<Wait[]> {
  const caller = createCaller(4)
  const waits: Wait[] = []
  try {
    // The first order warms up.
    for (let round = -1; round < count; round += 1) {
      const wait = await waitOnce(stack, caller, round)
      if (round >= 0) waits.push(wait)
    }
    return waits
  } finally {
    caller.close()
    await stack.stop()
  }
}

async function waitOnce(stack: StackProcess, { call }: ReturnType<typeof createCaller>, round: number): Promise<Wait> {
  const headers = { authorization: `Bearer ${stack.token}`, 'content-type': 'application/json' }
  const url = `${stack.apiUrl}/v1/devices/profile/actions/download_enable`
  const order = await call({ url, method: 'POST', headers, body: newOrder(1, '9016') })
  const { requestId } = JSON.parse(order.text) as { requestId: string }
  // The events of the order itself pass first. Callbacks then arrive at any moment between two polls of the shard.
  await sleep(2_500 + ((round * 37) % 250))
  await stack.events()
  const accepted = (await stack.accepted()).at(-1)
  if (accepted === undefined) throw new Error(`an order was answered ${order.status} and not accepted`)
  const secret = { username: stack.callbackUser, password: stack.callbackPassword }
  const body = JSON.stringify(aCallbackOf(accepted.upstreamRequestId, accepted.devices[0] ?? [], 'succeeded', secret))
  await call({ url: stack.callbackUrl, method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const begun = performance.now()
  const until = async (isSo: () => Promise<boolean>): Promise<number> => {
    while (!(await isSo())) {
      if (performance.now() - begun > patienceMs) throw new Error(`${requestId} was not final or told in time`)
      await sleep(pollMs)
    }
    return performance.now() - begun
  }
  const [readable, told] = await Promise.all([
    until(async () => {
      const { text } = await call({ url: `${stack.apiUrl}/v1/requests/${requestId}`, method: 'GET', headers })
      return (JSON.parse(text) as { final: boolean }).final
    }),
    until(async () => {
      const events = (await stack.events()).map(({ body: event }) => event as { type: string; subject: string })
      return events.some(({ type, subject }) => type === 'request.completed' && subject === requestId)
    }),
  ])
  return { readable, told }
}

const p95 = (waits: readonly Wait[], what: keyof Wait): number =>
  at(
    waits.map((wait) => wait[what]).toSorted((a, b) => a - b),
    0.95,
  )

const timesTable = (waited: readonly { name: string; waits: readonly Wait[] }[]): Table => ({
  title: 'From the acceptance of a callback, ms: median (quartiles)',
  head: ['Windows', 'Orders', 'Readable', 'p95', 'Told', 'p95'],
  rows: waited.map(({ name, waits }) => [
    name,
    number(waits.length),
    withSpread(waits.map(({ readable }) => readable)),
    number(p95(waits, 'readable')),
    withSpread(waits.map(({ told }) => told)),
    number(p95(waits, 'told')),
  ]),
})

type Counted = { name: string; load: Arrivals; windowed: Windowed }

const countsTable = (counted: readonly Counted[]): Table => ({
  title: 'What the windows cost and save, in virtual time',
  head: [
    'Callbacks',
    'Windows',
    'Calls of record-callbacks',
    'Calls of project-changes',
    'Write units',
    'Read units',
    'Readable, slowest, ms',
    'Told, slowest, ms',
  ],
  rows: counted.map(({ name, load: { orders, devices, seconds }, windowed }) => [
    `${number(orders)} x ${number(devices)} in ${seconds} s`,
    name,
    number(windowed.calls.record),
    number(windowed.calls.project),
    number(windowed.writeUnits),
    number(windowed.readUnits),
    number(Math.max(...windowed.readable)),
    windowed.told.length === 0 ? 'by the sweep' : number(Math.max(...windowed.told)),
  ]),
  notes: [
    'Units are those from the first callback to the final status. A request of 2 to 100 devices is summarised with every batch of the stream that contains results of it, so more batches are more writes. Larger requests are summarised by the sweep.',
  ],
})

/** Write units that the deployed windows add to those of the largest ones. */
function added(counted: readonly Counted[], devices: number): number {
  const units = counted.filter(({ load }) => load.devices === devices).map(({ windowed }) => windowed.writeUnits)
  return (units[0] ?? Number.NaN) - (units.at(-1) ?? Number.NaN)
}
