import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { localBody } from '../../builders.ts'
import { atMost, type Bench, type Findings, number, type Table, times } from '../findings.ts'
import { pinned, pinSelf } from '../measuring/cores.ts'
import { type Life, live, type Step, steps } from '../measuring/life.ts'
import { alternate, ratioOf, spreadOf } from '../measuring/sampling.ts'
import { ratioWithSpread, withSpread } from '../measuring/show.ts'
import { linePlot } from '../writing/line-plot.ts'

const sizes = [1, 10, 100, 1000, 10_000] as const
const rounds = { quick: 3, full: 11 }
const mostSeconds = { quick: 25, full: 100 }
const memoryRounds = { quick: 3, full: 7 }
const memorySizes = [1000, 10_000]
const control = 'JSON.parse of the body, twice'
const together = 'all of it'

type Memory = { grown: number; body: number }
type Samples = Readonly<Record<string, Record<string, number>[]>>

/** How time and memory grow with the number of devices in a request. */
export async function run({ mode, say }: Bench): Promise<Findings> {
  pinSelf('subject')
  const lives = await alternate<string, Record<string, number>>(
    Object.fromEntries(sizes.map((size) => [String(size), () => timesOf(size)])),
    {
      rounds: rounds[mode],
      patienceSeconds: mostSeconds[mode],
      progress: (round) => say(`round ${round} of ${rounds[mode]}`),
    },
  )
  const memory = await alternate<string, Memory>(
    Object.fromEntries(
      memorySizes.flatMap((size) => [
        [orderOf(size), () => memoryOf(size, 'order')] as const,
        [parseOf(size), () => memoryOf(size, 'parse')] as const,
      ]),
    ),
    { rounds: memoryRounds[mode], warmUps: 0 },
  )
  return findingsOf(lives, memory)
}

/** The milliseconds of a life by step, including a control that is linear. */
async function timesOf(size: number): Promise<Record<string, number>> {
  const body = JSON.stringify(localBody(size))
  const before = process.cpuUsage()
  JSON.parse(body)
  JSON.parse(body)
  const { user, system } = process.cpuUsage(before)
  const parsing = (user + system) / 1000
  const { milliseconds }: Life = await live(size, 'clean')
  const all = steps.reduce((sum, step) => sum + milliseconds[step], 0)
  return { ...milliseconds, summary: milliseconds.project + milliseconds.sweep, [together]: all, [control]: parsing }
}

const orderOf = (size: number) => `${size}`
const parseOf = (size: number) => `${size}, parsed twice`

async function memoryOf(size: number, what: 'order' | 'parse'): Promise<Memory> {
  const program = fileURLToPath(new URL('../measuring/memory-probe.ts', import.meta.url))
  const [command, args] = pinned('subject', process.execPath, ['--expose-gc', program, String(size), what])
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('the memory probe ended without an answer')))
  const [memory] = (await Promise.race([once(child, 'message'), gone])) as [Memory]
  gone.catch(() => undefined)
  return memory
}

/**
 * The displayed steps of a life. The work of the stream and of the sweep is one summary, in small portions or at
 * once.
 */
const shown = ['accept', 'submit', 'record', 'summary', 'look', 'read out'] as const
const takenApart: readonly Step[] = steps.filter((step) => step === 'project' || step === 'sweep')

function findingsOf(samples: Samples, memory: Readonly<Record<string, Memory[]>>): Findings {
  const of = (size: number, what: string) => (samples[size] ?? []).map((each) => each[what] ?? Number.NaN)
  const growth = (what: string) => ratioOf(of(10_000, what), of(1000, what)).median
  const timed = [...shown, together, ...takenApart, control]
  const table: Table = {
    title: 'CPU time of each step of a request, ms: median (quartiles)',
    head: ['Step', ...sizes.map((size) => `${number(size)} devices`), 't(10,000) / t(1,000)'],
    rows: timed.map((what) => [
      what,
      ...sizes.map((size) => withSpread(of(size, what))),
      ratioWithSpread(of(10_000, what), of(1000, what)),
    ]),
    notes: [
      'accept: the HTTP call. submit: the worker creates and sends the submissions. record: the callbacks, in batches of 50. summary: the stream after each batch (project) and the sweep. look and read out: the API.',
    ],
  }
  const bytes = (name: string, what: keyof Memory) => (memory[name] ?? []).map((each) => each[what])
  const grown = (name: string) => bytes(name, 'grown').map((each) => each / 2 ** 20)
  const timesBody = (name: string) => spreadOf(bytes(name, 'grown')).median / spreadOf(bytes(name, 'body')).median
  return {
    method: [
      `The same life of a request as in the counts, measured in CPU time of one process on one core, including garbage collection. The sizes alternate, ${spreadOf(of(1, 'accept')).count} rounds. Each time includes the table in memory, so these are slopes and not absolute times. Parsing the body twice is the linear control. Memory: the largest growth of the resident set while a new process takes one order. Memory that the process already has is used first and not counted, so a small order seems to need almost none.`,
    ],
    tables: [
      table,
      {
        title: 'Memory for taking one order, MB: median (quartiles)',
        head: ['Devices', 'Body', 'Growth', 'x body', 'Control: parsed twice', 'x body'],
        rows: memorySizes.map((size) => [
          number(size),
          number(spreadOf(bytes(orderOf(size), 'body')).median / 2 ** 20),
          withSpread(grown(orderOf(size))),
          number(timesBody(orderOf(size))),
          withSpread(grown(parseOf(size))),
          number(timesBody(parseOf(size))),
        ]),
      },
    ],
    targets: [
      atMost('t(10,000) / t(1,000) of all of it', 11, growth(together), times),
      ...shown
        .filter((what) => what !== 'look')
        .map((what) => atMost(`t(10,000) / t(1,000) of ${what}`, 11, growth(what), times)),
      atMost('memory growth of an order of 10,000 devices / body', 10, timesBody(orderOf(10_000)), times),
    ],
    plots: [
      linePlot({
        file: 'bulk-time.svg',
        title: 'CPU time of each step by devices of a request (including the table in memory)',
        xName: 'devices in the request',
        yName: 'ms, median',
        isLogarithmic: true,
        series: shown.map((name) => ({
          name,
          // A logarithmic axis cannot show values near zero.
          points: sizes
            .map((size): [number, number] => [size, spreadOf(of(size, name)).median])
            .filter(([, milliseconds]) => milliseconds >= 0.1),
        })),
      }),
    ],
  }
}
