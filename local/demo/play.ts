import { relative } from 'node:path'
import { readSettings } from '../settings.ts'
import { type Stack, startStack } from '../stack.ts'
import type { TraceLine } from '../trace.ts'
import { accounts } from './accounts.ts'
import type { Outcome, Scenario } from './scenario.ts'
import { setStage, type Stage } from './stage.ts'
import { summary } from './summary.ts'
import { explainFailure } from './unmet.ts'

/** Free ports, so that it never meets a running `npm start`, and times that nobody has to wait for. */
const demoSettings = {
  LOCAL_PORT: '0',
  LOCAL_ISSUER_PORT: '0',
  LOCAL_SIMULATOR_PORT: '0',
  LOCAL_SIMULATOR_CONTROL_PORT: '0',
  LOCAL_FUNCTION_LOG: '.local/demo.log',
  LOCAL_ACCOUNTS: Object.values(accounts).join(','),
  LOCAL_SWEEP_EVERY_SECONDS: '1',
  LOCAL_SUMMARISE_EVERY_SECONDS: '1',
  LOCAL_RETRY_CAP_SECONDS: '2',
  // Callbacks of an unknown id are adopted after a lease, which must be longer than any attempt takes.
  LOCAL_LEASE_SECONDS: '24',
  LOCAL_GRACE_SECONDS: '27',
}

/** What of the environment counts here too. */
const heeded = ['LOCAL_DYNAMODB_ENGINE', 'LOCAL_DYNAMODB_ENDPOINT', 'LOCAL_VERBOSE', 'LOCAL_LOG_LEVEL']

type Options = {
  environment: Readonly<Record<string, string | undefined>>
  scenarios: readonly Scenario[]
  print: (line: string) => void
  /** Told as soon as there is something to stop. */
  started: (stack: Stack) => void
}

/** Starts the stack, plays the scenarios one after another, stops it, and says whether all went as expected. */
export async function play({ environment, scenarios, print, started }: Options): Promise<boolean> {
  const begun = performance.now()
  const taken = new Map<string, number>()
  const trace = (line: TraceLine) => {
    if (line.kind === 'batch') taken.set(line.name, (taken.get(line.name) ?? 0) + line.records)
    if (line.kind === 'failure') print(`    (${line.name} failed: ${line.reason})`)
  }
  const own = Object.fromEntries(heeded.map((name) => [name, environment[name]]))
  const stack = await startStack(readSettings({ ...own, ...demoSettings }), { trace })
  started(stack)
  try {
    print(`ThingSpace Profile Gateway, on this machine after ${secondsSince(begun).toFixed(1)} s`)
    print(
      `  API ${stack.apiUrl}, ThingSpace ${stack.thingSpaceBaseUrl} (simulated), DynamoDB by ${stack.dynamoDb.engine}`,
    )
    print(`  What the functions log is in ${relative('.', stack.functionLog)}`)
    const say = (line: string) => print(`    ${line}`)
    const stage = await setStage({ stack, say, messagesTakenBy: (name) => taken.get(name) ?? 0 })
    const outcomes = await playAll(scenarios, stage, print)
    print('')
    for (const line of summary(outcomes)) print(line)
    return outcomes.every(({ failure }) => failure === undefined)
  } finally {
    await stack.stop()
  }
}

async function playAll(scenarios: readonly Scenario[], stage: Stage, print: Options['print']): Promise<Outcome[]> {
  const unprepared = new Map<Scenario, string[]>()
  for (const [index, scenario] of scenarios.entries()) {
    if (scenario.prepare === undefined) continue
    print(`\nBeforehand, for scenario ${index + 1}: ${scenario.name}`)
    await scenario.prepare(stage).catch((error: unknown) => unprepared.set(scenario, explainFailure(error)))
  }
  const outcomes: Outcome[] = []
  for (const [index, scenario] of scenarios.entries()) {
    print(`\n${index + 1}. ${scenario.name}`)
    const since = performance.now()
    const failure = unprepared.get(scenario) ?? (await scenario.play(stage).then(() => undefined, explainFailure))
    if (failure !== undefined) await stage.thingSpace.badDays([])
    const seconds = secondsSince(since)
    for (const line of failure ?? [`as expected, ${seconds.toFixed(1)} s`]) print(`  ${line}`)
    outcomes.push({ scenario, seconds, failure })
  }
  return outcomes
}

const secondsSince = (instant: number): number => (performance.now() - instant) / 1000
