import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startSchedule } from '../../local/event-sources/schedule.ts'
import type { Invoke } from '../../local/lambda/outcome.ts'
import { noTrace, region, until } from './builders.ts'

test('a schedule delivers every twentieth event twice at the same time, as EventBridge may do', async () => {
  const ids: string[] = []
  let [running, mostAtOnce] = [0, 0]
  const invoke: Invoke = async (event) => {
    ids.push(String(Reflect.get(Object(event), 'id')))
    running += 1
    mostAtOnce = Math.max(mostAtOnce, running)
    await sleep(1)
    running -= 1
    return { kind: 'returned', value: null }
  }

  const schedule = startSchedule({ name: 'sweep', everySeconds: 0.001, region, invoke, trace: noTrace })
  await until(() => ids.length >= 30)
  await schedule.stop()

  const times = (id: string) => ids.filter((other) => other === id).length
  expect(ids.slice(0, 19).map(times)).toEqual(Array.from({ length: 19 }, () => 1))
  expect(ids[19]).toBe(ids[20])
  expect(times(ids[21] ?? '')).toBe(1)
  expect(mostAtOnce).toBe(2)
})
