import { closeSync, mkdirSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import type { TraceLine } from '../../local/trace.ts'
import { seeded } from '../simulation/random.ts'
import { type Api, createApi } from './api.ts'
import { isUnanswered, runCallers } from './callers.ts'
import type { Violation } from './evidence.ts'
import { createFaultPlan, type FaultPlan } from './fault-plan.ts'
import { accounts, type Gateway, type Pace, startGateway } from './gateway.ts'
import { type Judgement, judge } from './judge.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createOrders } from './orders.ts'
import { faultTable, violationReport } from './report.ts'
import { comeToRest } from './rest.ts'
import { makeWeather } from './weather.ts'

export type RunOptions = {
  seed: number
  kills: number
  callers: number
  pace: Pace
  spare?: RegExp
  /** The number of rounds in which an operator decides. In the last one everything is abandoned. */
  rounds: number
  /** How long to continue until the requested kills are made. */
  workMs: number
  restMs: number
  /** The folder for bundles and logs. */
  folder: string
  say: (line: string) => void
  /** Called as soon as there is something to stop. */
  started?: (stop: () => Promise<void>) => void
}

export type RunResult = {
  kills: number
  cuts: number
  requests: number
  devices: number
  violations: readonly Violation[]
}

/**
 * Works with the gateway while its functions are being killed, waits until nothing is left to do, and checks the
 * result.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { seed, kills, folder, rounds } = options
  const begun = performance.now()
  const seconds = () => ((performance.now() - begun) / 1000).toFixed(1)
  const say = (line: string) => options.say(line.startsWith(' ') ? line : `${seconds().padStart(6)} s  ${line}`)
  mkdirSync(folder, { recursive: true })
  const functionLog = join(folder, 'functions.log')
  const logDescriptor = openSync(functionLog, 'w')
  const plan = createFaultPlan({ seed, kills, spare: options.spare })
  const trace = (line: TraceLine) => {
    if (line.kind === 'failure') say(`  ${line.name} failed: ${line.reason.split('\n', 1)[0]}`)
  }
  const gateway = await startGateway({ plan, pace: options.pace, folder, logDescriptor, trace })
  options.started?.(gateway.stack.stop)
  try {
    say(`Seed ${seed}: ${kills} kills are planned; logs are in ${folder}`)
    await listenersRegistered(gateway)
    plan.begin()
    const api = createApi(gateway.stack.apiUrl, await gateway.stack.tokenFor())
    const ledger = createLedger()
    const { sessionsEnded } = await work({ ...options, gateway, api, ledger, plan, say })
    plan.end()
    say(`${plan.kills()} kills among ${ledger.entries.length} orders; waiting until no work is left`)

    const trial = { gateway, ledger, api, struck: plan.struck, sessionsEnded, functionLog }
    const patience = { patienceMs: options.restMs, lookEveryMs: options.pace.lookEveryMs, say }
    let isAtRest = await comeToRest(gateway, { ...patience, mayWait: true })
    let found = await judge({ ...trial, mayWait: true })
    const all = [...found.violations]
    for (let round = 1; round <= rounds && isAtRest; round += 1) {
      const decided = await decideAll(found, api, { giveUp: round === rounds })
      if (decided === 0) break
      say(`${found.violations.length} violations; ${decided} requests that waited for a person have their decision`)
      isAtRest = await comeToRest(gateway, { ...patience, mayWait: round < rounds })
      found = await judge({ ...trial, mayWait: round < rounds })
      all.push(...found.violations)
    }
    if (!isAtRest) all.push({ invariant: 'final', what: 'work was left at the end of the time limit' })
    // A violation that a later check still finds is reported once.
    const violations = [...new Map(all.map((each) => [`${each.invariant} ${each.what}`, each])).values()]
    const cuts = plan.struck.length - plan.kills()
    for (const line of faultTable(plan.struck, plan.seen)) options.say(line)
    for (const line of violationReport(violations, { ...found, gateway, struck: plan.struck })) {
      options.say(line)
    }
    const { kept, acceptances } = found
    const requests = kept.length
    const devices = kept.reduce((sum, each) => sum + each.devices.length, 0)
    options.say(
      `${plan.kills()} kills, ${cuts} cut connections, ${requests} requests, ${devices} devices, ` +
        `${acceptances} acceptances, ${violations.length} violations, seed ${seed}, ${seconds()} s`,
    )
    return { kills: plan.kills(), cuts, requests, devices, violations }
  } finally {
    await gateway.stack.stop()
    closeSync(logDescriptor)
  }
}

/** DeviceProfileService and CarrierService. */
const servicesOfAccount = 2

/** As after a deployment: nothing is sent before ThingSpace has the callback address. */
async function listenersRegistered({ simulator }: Gateway): Promise<void> {
  while (simulator.listeners().length < accounts.length * servicesOfAccount) await sleep(100)
}

type Work = RunOptions & { gateway: Gateway; api: Api; ledger: Ledger; plan: FaultPlan }

async function work({ gateway, api, ledger, plan, seed, kills, callers, workMs, say }: Work) {
  const endsAt = Date.now() + workMs
  const isOver = () => plan.kills() >= kills || Date.now() >= endsAt
  const progress = async () => {
    while (!isOver()) {
      for (let waited = 0; waited < 10_000 && !isOver(); waited += 250) await sleep(250)
      const accepted = gateway.simulator.submissions().length
      say(`${plan.kills()} kills, ${ledger.entries.length} orders, ${accepted} submissions accepted`)
    }
  }
  const nextOrder = createOrders(seeded(seed), accounts)
  const [weather] = await Promise.all([
    makeWeather({ simulator: gateway.simulator, random: seeded(seed + 1), until: isOver }),
    runCallers(callers, { api, ledger, random: seeded(seed + 2), nextOrder, until: isOver }),
    progress(),
  ])
  return weather
}

/**
 * An operator decides on everything that awaits a decision: retry or abandon. A refused retry waits again (see
 * `rounds`).
 */
async function decideAll({ kept }: Judgement, api: Api, { giveUp }: { giveUp: boolean }): Promise<number> {
  const waiting = kept.filter(({ request }) => request.summary.awaitingDecision > 0)
  for (const [at, { request, entry }] of waiting.entries()) {
    const { requestId, cancelledAt } = request
    const isGivenUp = giveUp || at % 3 === 2 || cancelledAt !== undefined
    const decide = async () =>
      isGivenUp
        ? api.decide(entry, requestId, 'cancel', { abandonUnconfirmed: true })
        : api.decide(entry, requestId, 'retry', {})
    while (isUnanswered((await decide()).status)) await sleep(200)
  }
  return waiting.length
}
