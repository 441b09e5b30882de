import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'esbuild'
import { deployedBuild } from '../../../deploy/esbuild-options.ts'
import { atMost, type Bench, type Findings, times } from '../findings.ts'
import { pinned, pinSelf } from '../measuring/cores.ts'
import { alternate, ratioOf } from '../measuring/sampling.ts'
import { ratioWithSpread, withSpread } from '../measuring/show.ts'
import { prepareCast, type Subject } from '../measuring/subjects.ts'

type Sample = { milliseconds: number; loading: number; processor: number; megabytes: number }

const rounds = { quick: 7, full: 21 }
const mostSeconds = { quick: 40, full: 180 }

/** Load and first call in a new process, without a runtime client. */
export async function run({ mode, folder, say }: Bench): Promise<Findings> {
  pinSelf('stage')
  const probe = join(folder, 'load-probe.cjs')
  await build({ ...(await deployedBuild()), entryPoints: ['test/bench/measuring/load-probe.ts'], outfile: probe })
  const { stage, subjects, functionNames } = await prepareCast(folder, mode)
  try {
    const samples = await alternate(
      Object.fromEntries(subjects.map((subject) => [subject.name, () => sampleOf(subject, probe)] as const)),
      {
        rounds: rounds[mode],
        patienceSeconds: mostSeconds[mode],
        progress: (round) => say(`round ${round} of ${rounds[mode]}`),
      },
    )
    const does = (name: string) => subjects.find(({ functionName }) => functionName === name)?.event.does ?? ''
    return findingsOf(samples, functionNames, does)
  } finally {
    await stage.stop()
  }
}

async function sampleOf({ file, variables, event }: Subject, probe: string): Promise<Sample> {
  const [command, args] = pinned('subject', process.execPath, [probe])
  const env = { ...variables, PATH: process.env['PATH'] ?? '' }
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const gone = once(child, 'exit')
  child.send({ file, event: event.make(), context: { awsRequestId: 'bench', functionName: 'bench' } })
  try {
    const answered = once(child, 'message') as Promise<[Sample]>
    const failed = gone.then(() => Promise.reject(new Error(`${file} ended without an answer`)))
    const [sample] = await Promise.race([answered, failed])
    return sample
  } finally {
    child.kill('SIGKILL')
    await gone
  }
}

function findingsOf(
  samples: Readonly<Record<string, Sample[]>>,
  functionNames: readonly string[],
  does: (name: string) => string,
): Findings {
  const of = (name: string, what: keyof Sample) => (samples[name] ?? []).map((sample) => sample[what])
  const took = (name: string) => of(name, 'milliseconds')
  const ratio = (name: string) => ratioOf(took(`${name} deployed`), took(`${name} naive`)).median
  const bare = 'bare handler'
  const again = 'bare handler again (A/A)'
  const rows = functionNames.map((name) => {
    const [deployed, naive] = [`${name} deployed`, `${name} naive`]
    return [
      name,
      does(name),
      withSpread(took(deployed)),
      withSpread(of(deployed, 'loading')),
      withSpread(took(naive)),
      ratioWithSpread(took(deployed), took(naive)),
      withSpread(of(deployed, 'megabytes')),
      withSpread(of(naive, 'megabytes')),
    ]
  })
  const bareRow = (name: string) => [
    name,
    'answers',
    withSpread(took(name)),
    withSpread(of(name, 'loading')),
    '-',
    '-',
    withSpread(of(name, 'megabytes')),
    '-',
  ]
  return {
    method: [
      `Each sample is a new process that loads the bundle, creates the clients and answers the first event. ${took(bare).length} rounds. The start of Node and the runtime client are not included. The bare handler takes too little time for a meaningful ratio; its spread is the noise of the clock.`,
    ],
    tables: [
      {
        title: 'Load and first call, ms; resident memory afterwards, MB: median (quartiles)',
        head: ['Function', 'First event', 'Deployed', 'of that loading', 'Naive', 'Deployed / naive', 'MB', 'MB naive'],
        rows: [...rows, bareRow(bare), bareRow(again)],
      },
    ],
    targets: ['submit-profile-action', 'record-callbacks'].map((name) =>
      atMost(`load + first call of ${name} / naive bundle`, 0.6, ratio(name), times),
    ),
    plots: [],
  }
}
