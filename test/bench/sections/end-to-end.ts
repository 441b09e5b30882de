import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, type Bench, type Findings, number } from '../findings.ts'
import { pinSelf } from '../measuring/cores.ts'
import { createCaller } from '../measuring/http-load.ts'
import { newOrder } from '../measuring/orders.ts'
import { alternate, at, spreadOf } from '../measuring/sampling.ts'
import { ratioWithSpread, withSpread } from '../measuring/show.ts'
import { startStackProcess, type StackProcess } from '../measuring/start-stack.ts'

const rounds = { quick: 3, full: 9 }
const blockMs = { quick: 1_000, full: 2_000 }
const bulkOrders = { quick: 2, full: 5 }
const connections = 8

type Block = { perSecond: number; times: number[]; failed: number }

/**
 * Requests per second and response times through the whole local stack, compared with the same stack with bare
 * handlers.
 */
export async function run(bench: Bench): Promise<Findings> {
  const { mode, folder, say } = bench
  pinSelf('stage')
  const gateway = await startStackProcess('gateway', folder)
  const bare = await startStackProcess('bare', folder)
  const caller = createCaller(connections)
  try {
    const requestId = await firstOrder(gateway, caller)
    const submit = (stack: StackProcess) => () =>
      block(stack, blockMs[mode], () => ({ path: submitPath, body: newOrder(1, '9001') }))
    const look = (stack: StackProcess, id: string) => () =>
      block(stack, blockMs[mode], () => ({ path: `/v1/requests/${id}` }))
    const samples = await alternate(
      {
        'look, gateway': look(gateway, requestId),
        'look, bare': look(bare, 'bare'),
        'submit, bare': submit(bare),
        'submit, bare again (A/A)': submit(bare),
        'submit, gateway': submit(gateway),
      },
      { rounds: rounds[mode], progress: (round) => say(`round ${round} of ${rounds[mode]}`) },
    )
    await Promise.all([gateway.stop(), bare.stop()])
    return findingsOf(samples, await bulkAcceptance(bench, caller))
  } finally {
    caller.close()
  }
}

type Caller = ReturnType<typeof createCaller>
const submitPath = '/v1/devices/profile/actions/download_enable'

const callTo = (stack: StackProcess, { path, body }: { path: string; body?: string }) => ({
  url: `${stack.apiUrl}${path}`,
  method: body === undefined ? ('GET' as const) : ('POST' as const),
  headers: { authorization: `Bearer ${stack.token}`, 'content-type': 'application/json' },
  ...(body === undefined ? {} : { body }),
})

async function firstOrder(stack: StackProcess, { call }: Pick<Caller, 'call'>): Promise<string> {
  const { status, text } = await call(callTo(stack, { path: submitPath, body: newOrder(1, '9001') }))
  if (status !== 202) throw new Error(`an order was answered ${status}: ${text}`)
  return (JSON.parse(text) as { requestId: string }).requestId
}

async function block(
  stack: StackProcess,
  milliseconds: number,
  make: () => { path: string; body?: string },
): Promise<Block> {
  // It has its own connections, because the server has closed those of the last block.
  const { press, close } = createCaller(connections)
  const begun = performance.now()
  const answers = await press(() => (performance.now() - begun < milliseconds ? callTo(stack, make()) : undefined))
  const seconds = (performance.now() - begun) / 1000
  close()
  const good = answers.filter(({ status }) => status === 200 || status === 202)
  return {
    perSecond: good.length / seconds,
    times: good.map((answer) => answer.milliseconds),
    failed: answers.length - good.length,
  }
}

/** Orders of 10,000 devices, each to a new stack without other work. */
async function bulkAcceptance({ mode, folder, say }: Bench, { call }: Pick<Caller, 'call'>): Promise<number[]> {
  const times: number[] = []
  for (let made = 0; made < bulkOrders[mode]; made += 1) {
    const stack = await startStackProcess('gateway', folder)
    await firstOrder(stack, { call })
    await sleep(1_000)
    const order = callTo(stack, { path: submitPath, body: newOrder(10_000, '9016') })
    const { status, text, milliseconds } = await call(order)
    await stack.stop()
    if (status !== 202) throw new Error(`10,000 devices were answered ${status}: ${text}`)
    say(`10,000 devices accepted in ${number(milliseconds)} ms`)
    times.push(milliseconds)
  }
  return times
}

type Names = 'look, gateway' | 'look, bare' | 'submit, bare' | 'submit, bare again (A/A)' | 'submit, gateway'

function findingsOf(samples: Record<Names, Block[]>, bulk: readonly number[]): Findings {
  const rates = (name: Names) => samples[name].map(({ perSecond }) => perSecond)
  const row = (name: Names, base: Names) => {
    const times = samples[name].flatMap((each) => each.times).toSorted((a, b) => a - b)
    const failed = samples[name].reduce((sum, each) => sum + each.failed, 0)
    const quantiles = [0.5, 0.95, 0.99].map((quantile) => number(at(times, quantile)))
    return [name, withSpread(rates(name)), ...quantiles, ratioWithSpread(rates(name), rates(base)), number(failed)]
  }
  const most = Math.max(...bulk)
  return {
    method: [
      `Two local stacks run side by side, each in a process on the measured core and with its table on the other core: one with the gateway's functions, one with handlers that answer at once. ${connections} connections call as fast as they are answered, in alternating blocks. The gateway's rate includes all other work for an order on the same core: the simulated ThingSpace, its callbacks, the queues, the stream, the summaries and the events. These are figures of the local emulation, not of AWS.`,
    ],
    tables: [
      {
        title: 'Calls through the local stack',
        head: ['Block', 'Calls per second', 'p50 ms', 'p95 ms', 'p99 ms', 'Rate / bare', 'Failed'],
        rows: [
          row('look, gateway', 'look, bare'),
          row('look, bare', 'look, bare'),
          row('submit, gateway', 'submit, bare'),
          row('submit, bare', 'submit, bare'),
          row('submit, bare again (A/A)', 'submit, bare'),
        ],
      },
      {
        title: 'An order of 10,000 devices until the response 202, on an idle stack',
        head: ['Orders', 'ms: median (quartiles)', 'slowest'],
        rows: [[number(bulk.length), withSpread(bulk), number(most)]],
      },
    ],
    targets: [atMost('10,000 devices accepted on the local stack, ms', 1000, spreadOf(bulk).median)],
    plots: [],
  }
}
