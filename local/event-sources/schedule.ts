import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { accountId } from '../aws/account.ts'
import type { Invoke } from '../lambda/outcome.ts'
import type { Trace } from '../trace.ts'

type Options = { name: string; everySeconds: number; region: string; invoke: Invoke; trace: Trace }

/** EventBridge delivers events at least once. To exercise that, every 20th event is delivered twice at the same time. */
const twiceEvery = 20

/** Invokes a function immediately and then at a fixed rate. Intervals that pass while it runs are skipped. */
export function startSchedule({ name, everySeconds, region, invoke, trace }: Options) {
  const stopping = new AbortController()

  let runs = 0
  const run = async () => {
    const started = performance.now()
    const event = scheduledEvent(name, region)
    runs += 1
    const outcomes = await Promise.all([invoke(event), ...(runs % twiceEvery === 0 ? [invoke(event)] : [])])
    const milliseconds = Math.round(performance.now() - started)
    if (outcomes.every(({ kind }) => kind === 'returned')) trace({ kind: 'schedule', name, milliseconds })
  }

  const firstRun = run()
  const loop = async () => {
    await firstRun
    while (!stopping.signal.aborted) {
      await sleep(everySeconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (!stopping.signal.aborted) await run()
    }
  }
  const running = loop()
  return {
    firstRun,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

const scheduledEvent = (name: string, region: string) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: accountId,
  time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  region,
  resources: [`arn:aws:events:${region}:${accountId}:rule/${name}`],
  detail: {},
})
