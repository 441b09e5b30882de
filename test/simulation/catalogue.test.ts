import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkEnd } from './finish.ts'
import { mutants } from './mutants.ts'
import { type FaultKind, noFaults, type Plan } from './plan.ts'
import { runSchedule } from './run.ts'
import type { Scenario } from './scenario.ts'
import { scenarioOf } from './worlds.ts'
import type { Step } from './scheduler.ts'
import { outage } from './storms.ts'
import { World } from './world.ts'

type Place = { by: string; effect: string; times?: 'first' | 'last' }
type Row = { row: string; what: string; world: string; faults: readonly (Place & { kind: FaultKind })[] }

const submit = 'submit'
const worker = 'retry-submission'
const callbacks = 'record-callbacks'
const stream = 'project-changes'

/**
 * The rows of the failure catalogue that can be written as a plan. docs/reliability.md says where the others are
 * tested.
 */
const rows: readonly Row[] = [
  {
    row: 'F1',
    what: 'a crash before anything is durable',
    world: 'download repeats',
    faults: [{ by: submit, effect: 'TransactWrite', kind: 'crash-before' }],
  },
  {
    row: 'F3',
    what: 'a crash between record and POST without a repeated call',
    world: 'download once',
    faults: [{ by: submit, effect: 'TransactWrite', kind: 'crash-after' }],
  },
  {
    row: 'F4',
    what: 'a worker that dies before its POST',
    world: 'download queued',
    faults: [{ by: worker, effect: 'POST', kind: 'crash-before' }],
  },
  {
    row: 'F5',
    what: 'a crash after the POST, with callbacks',
    world: 'download once',
    faults: [{ by: submit, effect: 'POST', kind: 'crash-after' }],
  },
  {
    row: 'F5',
    what: 'a crash after the POST, without callbacks',
    world: 'download silent',
    faults: [{ by: submit, effect: 'POST', kind: 'crash-after' }],
  },
  {
    row: 'F6',
    what: 'a response that never reaches the app, which repeats its call',
    world: 'download repeats',
    faults: [{ by: submit, effect: 'answer', kind: 'refused' }],
  },
  {
    row: 'F7',
    what: 'a crash before the retry is sent',
    world: 'throttled',
    faults: [{ by: submit, effect: 'SendMessage', kind: 'crash-before' }],
  },
  {
    row: 'F7',
    what: 'a crash after the retry is sent',
    world: 'throttled',
    faults: [{ by: submit, effect: 'SendMessage', kind: 'crash-after' }],
  },
  {
    row: 'F8',
    what: 'a worker whose message is not deleted',
    world: 'download queued',
    faults: [{ by: worker, effect: 'DeleteMessage', kind: 'crash-before' }],
  },
  {
    row: 'F9',
    what: 'a callback that is written and not acknowledged',
    world: 'delete unruly',
    faults: [{ by: callbacks, effect: 'UpdateCommand', kind: 'crash-after' }],
  },
  {
    row: 'F10',
    what: 'a commit whose response is lost',
    world: 'download repeats',
    faults: [{ by: submit, effect: 'TransactWrite', kind: 'lost' }],
  },
  {
    row: 'F10',
    what: 'an outcome whose write is lost and repeated',
    world: 'throttled',
    faults: [{ by: submit, effect: 'PutCommand', kind: 'repeated' }],
  },
  {
    row: 'F11',
    what: 'no response, and acceptance long after the lease',
    world: 'download once',
    faults: [{ by: submit, effect: 'POST', kind: 'late' }],
  },
  {
    row: 'F12',
    what: 'an error although it was accepted',
    world: 'enable once',
    faults: [{ by: submit, effect: 'POST', kind: 'lost' }],
  },
  {
    row: 'F12',
    what: 'an error without an acceptance',
    world: 'enable once',
    faults: [{ by: submit, effect: 'POST', kind: 'vanished' }],
  },
  {
    row: 'F13',
    what: 'a callback that arrives before a delayed response',
    world: 'download repeats',
    faults: [{ by: submit, effect: 'TransactWrite', times: 'last', kind: 'frozen' }],
  },
  { row: 'F14', what: 'a callback delivered to two workers', world: 'enable twice', faults: [] },
  {
    row: 'F15',
    what: 'a warning after its success, and a failure after a success',
    world: 'delete unruly',
    faults: [],
  },
  { row: 'F16', what: 'callbacks of strangers', world: 'download after a stranger', faults: [] },
  { row: 'F18', what: 'callbacks that never come', world: 'download silent', faults: [] },
  {
    row: 'F21',
    what: 'a queue that is not available',
    world: 'download queued',
    faults: [{ by: submit, effect: 'SendMessage', kind: 'refused' }],
  },
  {
    row: 'F24',
    what: 'a work message that is sent twice',
    world: 'download queued',
    faults: [{ by: worker, effect: 'SendMessage', kind: 'repeated' }],
  },
  {
    row: 'F25',
    what: 'a worker that outlives its lease before it sends',
    world: 'download queued',
    faults: [{ by: worker, effect: 'POST', kind: 'frozen' }],
  },
  {
    row: 'F25',
    what: 'a worker that outlives its lease before it writes',
    world: 'download queued',
    faults: [{ by: worker, effect: 'TransactWrite', kind: 'frozen' }],
  },
  { row: 'F26', what: 'two concurrent calls with one key', world: 'enable twice', faults: [] },
  { row: 'F31', what: 'a carrier that throttles', world: 'throttled', faults: [] },
  { row: 'F34', what: 'another body with a used key', world: 'enable twice', faults: [] },
  { row: 'F35', what: 'a deployment that is taken back', world: 'deployment taken back', faults: [] },
  {
    row: 'F35',
    what: 'a commit of one version whose response is lost, and a repeat to the other',
    world: 'deployment taken back',
    faults: [{ by: submit, effect: 'TransactWrite', kind: 'lost' }],
  },
  {
    row: 'F35',
    what: 'a worker of one version that dies after its POST, and a sweep of the other',
    world: 'deployment taken back',
    faults: [{ by: worker, effect: 'POST', kind: 'crash-after' }],
  },
  {
    row: 'F37',
    what: 'a rotated password whose confirmation is lost',
    world: 'password rotation',
    faults: [{ by: 'keep-listener', effect: 'PutSecretValue', kind: 'lost' }],
  },
  {
    row: 'F37',
    what: 'a rotated password, and a run that dies before registering it',
    world: 'password rotation',
    faults: [{ by: 'keep-listener', effect: 'POST listener', kind: 'crash-before' }],
  },
  {
    row: 'F38',
    what: 'a batch of changes that is redelivered',
    world: 'download once',
    faults: [{ by: stream, effect: 'checkpoint', kind: 'crash-before' }],
  },
  {
    row: 'F38',
    what: 'an event that is published and not confirmed',
    world: 'download once',
    faults: [{ by: stream, effect: 'PublishBatch', kind: 'lost' }],
  },
]

/** The plan with these faults. Each effect is numbered in the schedule with the faults before it. */
async function planFor(scenario: Scenario, seed: number, faults: Row['faults']): Promise<Plan> {
  let plan: Plan = noFaults
  for (const { by, effect, kind, times } of faults) {
    const steps: Step[] = []
    await runSchedule({ scenario, seed, plan }, { onStep: (step) => void steps.push(step) })
    const fits = (step: Step): boolean => step.invocation.name === by && step.effect.label.startsWith(effect)
    const found = times === 'last' ? steps.findLast(fits) : steps.find(fits)
    if (found === undefined) throw new Error(`${scenario.name} has no ${effect} by ${by}`)
    plan = new Map([...plan, [found.number, kind]])
  }
  return plan
}

describe('the failure catalogue', () => {
  test.each(rows)('$row: $what ($world)', async ({ world, faults }) => {
    const scenario = scenarioOf(world)
    for (const seed of [1, 2]) {
      const plan = await planFor(scenario, seed, faults)
      const replay = seed === 1
      expect(await runSchedule({ scenario, seed, plan }, { replay })).toMatchObject({ violation: undefined })
    }
  })

  test('F20: an outage of DynamoDB for 14 minutes', async () => {
    const { violation, callbacks: taken } = await runSchedule({ scenario: outage, seed: 2, plan: noFaults })
    expect(violation).toBeUndefined()
    expect(taken).toBe(200)
  })

  test.each([
    { row: 'F2', world: 'several requests', seed: 5 },
    { row: 'F17', world: 'delete unruly', seed: 3 },
    { row: 'F22', world: 'bulk with bisection', seed: 6 },
    { row: 'F32', world: 'clocks apart', seed: 10 },
  ])('$row: $world without a planned fault', async ({ world, seed }) => {
    const schedule = { scenario: scenarioOf(world), seed, plan: noFaults }
    expect(await runSchedule(schedule, { replay: true })).toMatchObject({ violation: undefined })
  })

  test('F27: a dead letter is counted in its submission and does no harm when it is redriven', async () => {
    const world = new World({ scenario: scenarioOf('set aside'), seed: 1, plan: noFaults })
    await world.run()
    checkEnd(world)
    expect(world.submissions.single.setAside).toHaveLength(1)
    expect(world.queues.flatMap(({ deadLetters }) => deadLetters)).toEqual([])
    const submission = world.dynamoDb.snapshot().find(({ entity }) => entity === 'submission')
    expect(submission).toMatchObject({ state: 'submitted', deadLetters: 1 })
  })

  test('F35: each version reads items of the other', async () => {
    const writes: unknown[] = []
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const world = new World({ scenario: scenarioOf('deployment taken back'), seed, plan: noFaults })
      await world.run()
      checkEnd(world)
      for (const { oldImage, newImage } of world.dynamoDb.stream.changes)
        writes.push({ of: newImage?.['entity'], before: oldImage?.['itemVersion'], after: newImage?.['itemVersion'] })
    }
    expect(writes).toContainEqual({ of: 'submission', before: 1, after: 2 })
    expect(writes).toContainEqual({ of: 'submission', before: 2, after: 1 })
  })

  test('F36: a callback for an expired request is an orphan', async () => {
    const world = new World({ scenario: scenarioOf('download once'), seed: 1, plan: noFaults })
    await world.run()
    world.scheduler.now += 36 * 86_400_000
    world.dynamoDb.expireItems()
    const message = { action: 'download_enable', upstreamRequestId: 'upstream-1', say: 'failed' } as const
    world.callBack({ ...message, accountName: '0000123456-00001', subject: { card: 1, profile: 0 } })
    await world.scheduler.run()
    expect(world.callbacks.left).toEqual([])
    expect(world.dynamoDb.snapshot().map(({ entity }) => entity)).toEqual(expect.arrayContaining(['result', 'orphan']))
  })
})

test('the text of each mutant occurs exactly once in its file', () => {
  const root = join(import.meta.dirname, '../..')
  const stale = mutants
    .flatMap((mutant) => [mutant, ...(mutant.also ?? [])].map(({ file, from }) => ({ name: mutant.name, file, from })))
    .filter(({ file, from }) => readFileSync(join(root, file), 'utf8').split(from).length !== 2)
  expect(stale).toEqual([])
})
