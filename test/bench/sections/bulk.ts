import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'esbuild'
import { deployedBuild } from '../../bundle.ts'
import { eidOf, iccidOf, localBody, submitEvent } from '../../builders.ts'
import { atMost, type Bench, type Findings, number, times } from '../findings.ts'
import { pinned, pinSelf } from '../measuring/cores.ts'
import { type Life, live, type Step } from '../measuring/life.ts'
import { alternate, ratioOf, spreadOf } from '../measuring/sampling.ts'
import { withSpread } from '../measuring/show.ts'
import { startStage } from '../measuring/stage.ts'
import { deployedBundle } from '../measuring/variants.ts'
import { linePlot } from '../writing/line-plot.ts'

const sizes = [1, 10, 100, 1000, 10_000] as const
type Size = `${(typeof sizes)[number]}`
const rounds = { quick: { orders: 3, lives: 1 }, full: { orders: 9, lives: 5 } }
const mostSeconds = { quick: 30, full: 200 }

/** With a young generation of 2 MB for each half: what is left of the growth is what the order holds. */
const cramped = '10000 cramped'
type Variant = Size | typeof cramped

type Sample = { status: number; milliseconds: number; processor: number; kilobytes: number }

/** What grows with the devices of a request, and how: the order itself as deployed, and all of its life in memory. */
export async function run(bench: Bench): Promise<Findings> {
  pinSelf('stage')
  const orders = await ordersOf(bench)
  pinSelf('subject')
  const lives = await livesOf(bench)
  return findingsOf(orders, lives)
}

let firstDevice = 1

/** An order of devices that no other order names. */
function newOrder(devices: number) {
  const from = firstDevice
  firstDevice += devices
  const list = Array.from({ length: devices }, (_, index) => ({
    deviceIds: [
      { kind: 'eid', id: eidOf(from + index) },
      { kind: 'iccid', id: iccidOf(from + index) },
    ],
  }))
  return submitEvent('download_enable', JSON.stringify(localBody(devices, { devices: list })))
}

async function ordersOf({ mode, folder, say }: Bench): Promise<Record<Variant, Sample[]>> {
  const stage = await startStage(folder)
  const probe = join(folder, 'bulk-probe.cjs')
  await build({ ...(await deployedBuild()), entryPoints: ['test/bench/measuring/bulk-probe.ts'], outfile: probe })
  const { file } = await deployedBundle('submit-profile-action', folder)
  const env = { ...stage.variablesOf('submit-profile-action'), PATH: process.env['PATH'] ?? '' }
  const sample =
    (devices: number, options: readonly string[] = []) =>
    async (): Promise<Sample> => {
      const [command, args] = pinned('subject', process.execPath, [...options, probe])
      const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
      const gone = once(child, 'exit').then(() => Promise.reject(new Error('an order ended without an answer')))
      const context = { awsRequestId: 'bench', functionName: 'bench' }
      child.send({ file, small: newOrder(1), order: newOrder(devices), context })
      try {
        const [answer] = (await Promise.race([once(child, 'message'), gone])) as [Sample]
        if (answer.status !== 202) throw new Error(`an order of ${devices} devices was answered ${answer.status}`)
        return answer
      } finally {
        gone.catch(() => undefined)
        child.kill('SIGKILL')
      }
    }
  const variants = {
    ...(Object.fromEntries(sizes.map((size) => [size, sample(size)])) as Record<Size, () => Promise<Sample>>),
    [cramped]: sample(10_000, ['--max-semi-space-size=2']),
  }
  try {
    return await alternate(variants, {
      rounds: rounds[mode].orders,
      warmUps: 0,
      patienceSeconds: mostSeconds[mode],
      progress: (round) => say(`orders, round ${round} of ${rounds[mode].orders}`),
    })
  } finally {
    await stage.stop()
  }
}

const livesOf = ({ mode, say }: Bench): Promise<Record<Size, Life[]>> =>
  alternate(
    Object.fromEntries(sizes.map((size) => [size, () => live(size, 'clean')])) as Record<Size, () => Promise<Life>>,
    {
      rounds: rounds[mode].lives,
      patienceSeconds: mostSeconds[mode],
      progress: (round) => say(`whole lives, round ${round} of ${rounds[mode].lives}`),
    },
  )

/** The parts of a life as people think of them. */
const parts: Readonly<Record<string, readonly Step[]>> = {
  accept: ['accept'],
  submit: ['submit'],
  ingest: ['record'],
  fold: ['project', 'sweep'],
  read: ['look', 'read out'],
  'all of it': ['accept', 'submit', 'record', 'project', 'sweep', 'look', 'read out'],
}

function findingsOf(orders: Record<Variant, Sample[]>, lives: Record<Size, Life[]>): Findings {
  const took = (size: Size, part: string) =>
    lives[size].map(({ milliseconds }) => (parts[part] ?? []).reduce((sum, step) => sum + milliseconds[step], 0))
  const slope = (values: (size: Size) => number[]) => ratioOf(values('10000'), values('1000')).median
  const bodyBytes = (size: number) => Buffer.byteLength(JSON.stringify(localBody(size)))
  const growth = (size: Variant) => spreadOf(orders[size].map(({ kilobytes }) => kilobytes * 1024)).median
  const processor = (size: Size) => orders[size].map((sample) => sample.processor)
  return {
    method: [
      'The order: the bundle as deployed in a process of its own, against the embedded table; five small orders, then the one that is measured. Above 100 devices nothing is sent in the call. Memory is what the resident set grew by at its highest.',
      'The whole life: the real handlers in the world in memory, where the table costs little and waits for nothing; the figure that says something is the slope. Every part of a life reads and writes each device a fixed number of times, so ten times the devices may take ten times as long.',
    ],
    tables: [
      {
        notes: [
          `With a young generation of 2 MB, 10,000 devices let the resident set grow by ${number(growth(cramped) / 1e6)} MB, ${number(growth(cramped) / bodyBytes(10_000))} times the body: that is what the order holds at once. The rest is room that V8 takes for its young generation as soon as much survives, whatever it is.`,
        ],
        title: 'Taking an order, as deployed: median (quartiles)',
        head: ['Devices', 'ms', 'Processor, ms', 'Memory, MB', 'Body, MB', 'Memory / body'],
        rows: sizes.map((size) => [
          number(size),
          withSpread(orders[`${size}`].map(({ milliseconds }) => milliseconds)),
          withSpread(processor(`${size}`)),
          number(growth(`${size}`) / 1e6),
          number(bodyBytes(size) / 1e6),
          size < 1000 ? '-' : number(growth(`${size}`) / bodyBytes(size)),
        ]),
      },
      {
        title: 'A whole life in memory, ms: median (quartiles)',
        head: ['Part', ...sizes.map((size) => number(size)), '10,000 / 1,000'],
        rows: Object.keys(parts).map((part) => [
          part,
          ...sizes.map((size) => withSpread(took(`${size}`, part))),
          times(slope((size) => took(size, part))),
        ]),
      },
    ],
    targets: [
      atMost('time of an order, 10,000 devices / 1,000', 11, slope(processor), times),
      atMost(
        'time of a whole life, 10,000 devices / 1,000',
        11,
        slope((size) => took(size, 'all of it')),
        times,
      ),
      atMost('memory growth of an order of 10,000 / its body', 10, growth('10000') / bodyBytes(10_000), times),
    ],
    plots: [
      linePlot({
        file: 'time.svg',
        title: 'Milliseconds against devices, whole life in memory',
        xName: 'devices in the request',
        yName: 'ms',
        isLogarithmic: true,
        series: Object.keys(parts).map((part) => ({
          name: part,
          points: sizes.map((size): [number, number] => [size, spreadOf(took(`${size}`, part)).median]),
        })),
      }),
    ],
  }
}
