import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename, dirname } from 'node:path'
import { atMost, type Bench, type Findings, number, times } from '../findings.ts'
import { pinned, pinSelf } from '../measuring/cores.ts'
import { type RuntimeApi, startRuntimeApi } from '../measuring/runtime-api.ts'
import { type RuntimeClient, runtimeClient } from '../measuring/runtime-client.ts'
import { alternate, ratioOf, spreadOf } from '../measuring/sampling.ts'
import { ratioWithSpread, withSpread } from '../measuring/show.ts'
import { prepareCast, type Subject } from '../measuring/subjects.ts'
import { barPlot } from '../writing/bar-plot.ts'

const rounds = { quick: 7, full: 21 }
/** Seconds within which rounds may start. */
const mostSeconds = { quick: 60, full: 240 }

export async function run(bench: Bench): Promise<Findings> {
  const { mode, folder, say } = bench
  pinSelf('stage')
  const client = await runtimeClient(folder, say)
  const { stage, subjects, functionNames } = await prepareCast(folder, mode)
  const api = await startRuntimeApi()
  try {
    const variants = Object.fromEntries(
      subjects.map((subject) => [subject.name, () => startUp(subject, client, api)] as const),
    )
    const samples = await alternate(variants, {
      rounds: rounds[mode],
      patienceSeconds: mostSeconds[mode],
      progress: (round) => say(`round ${round} of ${rounds[mode]}`),
    })
    return findingsOf(samples, functionNames, client, bench)
  } finally {
    api.stop()
    await stage.stop()
  }
}

/** Milliseconds from the start of the process to its first answer. */
async function startUp({ file, variables, event }: Subject, client: RuntimeClient, api: RuntimeApi): Promise<number> {
  const answered = api.invoke(event.make())
  const module = basename(file, '.cjs')
  const [command, args] = pinned('subject', process.execPath, client.argumentsFor(module))
  const begun = performance.now()
  const child = spawn(command, args, {
    env: {
      ...variables,
      PATH: process.env['PATH'] ?? '',
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAMBDA_TASK_ROOT: dirname(file),
      _HANDLER: `${module}.handler`,
    },
    stdio: 'ignore',
  })
  const gone = once(child, 'exit')
  try {
    await Promise.race([answered, gone.then(() => Promise.reject(new Error(`${module} ended without an answer`)))])
    return performance.now() - begun
  } finally {
    child.kill('SIGKILL')
    await gone
  }
}

const deployedName = (name: string) => `${name} deployed`
const naiveName = (name: string) => `${name} naive`

function findingsOf(
  samples: Readonly<Record<string, number[]>>,
  functionNames: readonly string[],
  client: RuntimeClient,
  { mode }: Bench,
): Findings {
  const of = (name: string) => samples[name] ?? []
  const bare = of('bare handler')
  const ratio = (name: string, base: readonly number[]) => ratioOf(of(name), base).median
  const medianOf = (name: string) => spreadOf(of(name)).median
  const rows = functionNames.map((name) => [
    name,
    withSpread(of(deployedName(name))),
    withSpread(of(naiveName(name))),
    ratioWithSpread(of(deployedName(name)), bare),
    ratioWithSpread(of(deployedName(name)), of(naiveName(name))),
  ])
  const again = of('bare handler again (A/A)')
  return {
    method: [
      `Each sample is a new process under ${client.name}${client.isReal ? '' : ' (a substitute, so ratios to a bare handler are not comparable)'}, from the start of the process until its first answer reaches a simulated Runtime API. The function talks to the local stack's table, secrets and simulator on another core. ${spreadOf(bare).count} rounds, with every variant once in each.`,
      'Naive is the same function as esbuild bundles it by default: not minified, CommonJS entries of the packages, `import()` kept, zod imported by name.',
      'The table of the next section shows what each function does at its first event.',
    ],
    tables: [
      {
        title: 'Process start to first answer, ms: median (quartiles)',
        head: ['Function', 'Deployed', 'Naive bundle', 'Deployed / bare', 'Deployed / naive'],
        rows: [
          ...rows,
          ['bare handler', withSpread(bare), '-', '1.00 x', '-'],
          ['bare handler again (A/A)', withSpread(again), '-', ratioWithSpread(again, bare), '-'],
        ],
      },
    ],
    targets: [
      atMost(
        'cold start of submit-profile-action / bare',
        4.2,
        ratio(deployedName('submit-profile-action'), bare),
        times,
      ),
      atMost(
        'cold start of submit-profile-action / naive bundle',
        0.7,
        ratio(deployedName('submit-profile-action'), of(naiveName('submit-profile-action'))),
        times,
      ),
      atMost('cold start of record-callbacks / bare', 3.5, ratio(deployedName('record-callbacks'), bare), times),
    ],
    plots: [
      barPlot({
        file: 'cold-start.svg',
        title: `Cold start: process start to first answer (${client.name}, n = ${spreadOf(bare).count}${mode === 'quick' ? ', quick' : ''})`,
        unit: 'ms, median and quartiles',
        series: ['deployed', 'naive bundle'],
        groups: [
          { name: 'bare handler', bars: [spreadOf(bare)] },
          ...functionNames.map((name) => ({
            name,
            bars: [spreadOf(of(deployedName(name))), spreadOf(of(naiveName(name)))],
            remark: `${number(medianOf(deployedName(name)) / spreadOf(bare).median)} x bare`,
          })),
        ],
      }),
    ],
  }
}
