import { inBatches } from '../../../lib/parallel.ts'
import { localBody } from '../../builders.ts'
import { queueSourceOf } from '../../deployment.ts'
import { aCallbackOf, createWorld, type World, type WorldOptions } from '../../fakes/world.ts'
import { type Charges, createLedger } from './ledger.ts'

/** The functions in the order in which a request passes them, and finally a reader of the results. */
export const steps = ['accept', 'submit', 'record', 'project', 'sweep', 'look', 'read out'] as const
export type Step = (typeof steps)[number]

/** `clean`: one callback per device. `mixed`: 20 % warnings before it and 3 % of the callbacks twice. */
export type Scenario = 'clean' | 'mixed'

export type Life = {
  devices: number
  scenario: Scenario
  /** The number of delivered callbacks. */
  callbacks: number
  of: (...steps: Step[]) => Charges
  /** Calls of each function, one per event or batch. */
  invocations: Readonly<Record<Step, number>>
  /** Milliseconds of CPU time of each step in this process, including the table in memory. */
  milliseconds: Readonly<Record<Step, number>>
  sent: { workMessages: number; events: number; posts: number }
  world: World
}

/** The largest number of callbacks in one event of record-callbacks. */
const { batchSize } = queueSourceOf('record-callbacks')
/** Callbacks between two reads of the stream: 200 a second, as the stream is read four times a second. */
const betweenReads = 50
const pageSize = 1000

/** The whole life of one request in the world in memory: ordered, sent, called back, final and read. */
export async function live(
  devices: number,
  scenario: Scenario,
  { observe, read = true }: { observe?: WorldOptions['observe']; read?: boolean } = {},
): Promise<Life> {
  const ledger = createLedger<Step>('accept', () => world.meter())
  const world = createWorld({
    observe: async (operation) => {
      ledger.observe(operation)
      await observe?.(operation)
    },
  })
  const invocations = zeros()
  const milliseconds = zeros()
  const during = async <Value>(step: Step, work: () => Promise<Value>): Promise<Value> => {
    ledger.at(step)
    invocations[step] += 1
    const before = process.cpuUsage()
    try {
      return await work()
    } finally {
      const { user, system } = process.cpuUsage(before)
      milliseconds[step] += (user + system) / 1000
    }
  }
  const project = async () => {
    while ((await during('project', () => world.stream())) > 0);
  }

  const body = JSON.stringify(localBody(devices))
  const { requestId } = await during('accept', () => world.order('download_enable', body))
  while ((await during('submit', () => world.deliver())) > 0) await project()
  await project()
  const bodies = callbacksOf(world, scenario)
  for (const arrived of inBatches(bodies, betweenReads)) {
    for (const batch of inBatches(arrived, batchSize)) await during('record', () => world.callback(batch))
    await project()
  }
  // Bulk requests are summarised by the sweep, once a minute.
  if (devices > 100) {
    world.advance(60)
    await during('sweep', () => world.sweep())
    await project()
  }
  if (read) await readAll(requestId)
  return {
    devices,
    scenario,
    callbacks: bodies.length,
    of: ledger.of,
    invocations,
    milliseconds,
    sent: {
      workMessages: world.queue.sent.length,
      events: world.topic.published.length,
      posts: world.thingSpace.calls.length,
    },
    world,
  }

  async function readAll(id: string): Promise<void> {
    const { status } = await during('look', () => world.show(id))
    if (status !== 'succeeded') throw new Error(`a request of ${devices} devices ended as ${status}`)
    let cursor: string | null | undefined
    do {
      const query = { limit: String(pageSize), ...(typeof cursor === 'string' ? { cursor } : {}) }
      const answer = await during('read out', () =>
        world.get('/v1/requests/{requestId}/devices', { path: { requestId: id }, query }),
      )
      cursor = (answer.body as { nextCursor: string | null }).nextCursor
    } while (cursor !== null)
  }
}

const zeros = (): Record<Step, number> => Object.fromEntries(steps.map((step) => [step, 0])) as Record<Step, number>

/**
 * SQS keeps no order within a batch. A warning is still sent before the final result of its device, and a repeat
 * after it.
 */
function callbacksOf({ thingSpace }: World, scenario: Scenario) {
  const finals = thingSpace.accepted.flatMap(({ upstreamRequestId, call }) =>
    call.devices.map((device) => [upstreamRequestId, device] as const),
  )
  const some = (share: number) =>
    scenario === 'clean' ? [] : finals.filter((_, index) => (index + 1) % Math.round(1 / share) === 0)
  return [
    ...some(0.2).map(([id, device]) => aCallbackOf(id, device, 'warning')),
    ...finals.map(([id, device]) => aCallbackOf(id, device)),
    ...some(0.03).map(([id, device]) => aCallbackOf(id, device)),
  ]
}
