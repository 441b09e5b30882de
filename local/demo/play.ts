import { relative } from 'node:path'
import { readSettings } from '../settings.ts'
import { type Stack, startStack } from '../stack.ts'
import type { TraceLine } from '../trace.ts'
import { accounts } from './accounts.ts'
import type { Outcome, Scenario } from './scenario.ts'
import { setStage, type Stage } from './stage.ts'
import { summary } from './summary.ts'
import { explainFailure } from './unmet.ts'

/** Settings of the demo: free ports, so that it can run beside `npm start`, and short times. */
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
  // Callbacks under an unknown id are adopted after the lease, which must be longer than an attempt.
  LOCAL_LEASE_SECONDS: '24',
  LOCAL_GRACE_SECONDS: '27',
}

/** The environment variables that also apply to the demo. */
const inherited = ['LOCAL_DYNAMODB_ENGINE', 'LOCAL_DYNAMODB_ENDPOINT', 'LOCAL_VERBOSE', 'LOCAL_LOG_LEVEL']

type Options = {
  environment: Readonly<Record<string, string | undefined>>
  scenarios: readonly Scenario[]
  print: (line: string) => void
  /** Leave the stack running at the end. */
  keep?: boolean
  /** Called as soon as the stack runs, so that the caller can stop it. */
  started: (stack: Stack) => void
}

/**
 * Starts a local stack, plays the scenarios in order, and stops it unless it is to be kept. Returns whether all of them
 * were as expected.
 */
export async function play({ environment, scenarios, print, started, keep = false }: Options): Promise<boolean> {
  const begun = performance.now()
  const messagesTaken = new Map<string, number>()
  const trace = (line: TraceLine) => {
    if (line.kind === 'batch') messagesTaken.set(line.name, (messagesTaken.get(line.name) ?? 0) + line.records)
    if (line.kind === 'failure') print(`    (${line.name} failed: ${line.reason})`)
  }
  const own = Object.fromEntries(inherited.map((name) => [name, environment[name]]))
  const stack = await startStack(readSettings({ ...own, ...demoSettings }), { trace })
  started(stack)
  try {
    print(`ThingSpace Profile Gateway, started locally in ${secondsSince(begun).toFixed(1)} s`)
    print(
      `  API ${stack.apiUrl}, ThingSpace ${stack.thingSpaceBaseUrl} (simulator), DynamoDB engine ${stack.dynamoDb.engine}`,
    )
    print(`  The functions log to ${relative('.', stack.functionLog)}`)
    const say = (line: string) => print(`    ${line}`)
    const stage = await setStage({ stack, say, messagesTakenBy: (name) => messagesTaken.get(name) ?? 0 })
    const outcomes = await playAll(scenarios, stage, print)
    print('')
    for (const line of summary(outcomes)) print(line)
    return outcomes.every(({ failure }) => failure === undefined)
  } finally {
    if (!keep) await stack.stop()
  }
}

async function playAll(scenarios: readonly Scenario[], stage: Stage, print: Options['print']): Promise<Outcome[]> {
  const unprepared = new Map<Scenario, string[]>()
  for (const [index, scenario] of scenarios.entries()) {
    if (scenario.prepare === undefined) continue
    print(`\nPreparing scenario ${index + 1}: ${scenario.name}`)
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
