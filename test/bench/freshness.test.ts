import { expect, test } from 'vitest'
import { countWindowed } from './measuring/windows.ts'
import { windowsOf } from './sections/freshness.ts'

const deployed = windowsOf({})
const aSecond = windowsOf({ callbacksBatchSize: '50', callbacksWindowSeconds: '1', changesWindowSeconds: '1' })

test('the event sources let a result wait for no other, and its event for two polls of the stream', async () => {
  const { readable, told, writeUnits } = await countWindowed(deployed, { orders: 20, devices: 1, seconds: 4 })
  expect(Math.max(...readable)).toBe(0)
  expect(told).toHaveLength(20)
  expect(Math.max(...told)).toBeLessThanOrEqual(500)
  expect(writeUnits).toBe(20 * 3)
})

test('a window of a second delays the same results and events by seconds', async () => {
  const { readable, told, writeUnits } = await countWindowed(aSecond, { orders: 20, devices: 1, seconds: 4 })
  expect(Math.max(...readable)).toBe(1000)
  expect(Math.min(...told)).toBeGreaterThan(1000)
  expect(writeUnits).toBe(20 * 3)
})

test('a bulk request takes the same write units with and without windows', async () => {
  const load = { orders: 1, devices: 300, seconds: 3 }
  const [fresh, batched] = [await countWindowed(deployed, load), await countWindowed(aSecond, load)]
  expect(fresh.writeUnits).toBe(batched.writeUnits)
  expect(fresh.calls.record).toBeGreaterThan(batched.calls.record)
})

test('a batch of more than ten callbacks without a window is refused, as Lambda refuses it', () => {
  expect(() => windowsOf({ callbacksBatchSize: '50' })).toThrow('a maximumBatchingWindow of at least 1')
})
