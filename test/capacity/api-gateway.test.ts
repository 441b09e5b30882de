import { expect, test } from 'vitest'
import { ApiGateway } from './api-gateway.ts'

/** Calls that pass if `rate` arrive each second. */
function admitted(gateway: ApiGateway, route: string, { rate, seconds }: { rate: number; seconds: number }): number {
  const calls = Array.from({ length: rate * seconds }, (_, index) => gateway.admits(route, (index / rate) * 1000))
  return calls.filter(Boolean).length
}

test('a route admits its burst and then its rate', () => {
  const gateway = new ApiGateway({ submit: { rate: 20, burst: 40 } }, 0)
  expect(admitted(gateway, 'submit', { rate: 1000, seconds: 10 })).toBe(239)
})

test('an account admits 10,000 calls a second and a burst of 5,000', () => {
  const calls = admitted(new ApiGateway({}, 0), 'any', { rate: 30_000, seconds: 5 })
  expect(calls).toBeGreaterThan(54_990)
  expect(calls).toBeLessThanOrEqual(55_000)
})

test('the routes of an account share its limit', () => {
  const own = { rate: 9000, burst: 9000 }
  const gateway = new ApiGateway({ one: own, two: own }, 0, { rate: 100, burst: 100 })
  const passed = Array.from({ length: 150 }, (_, index) => gateway.admits(index % 2 === 0 ? 'one' : 'two', 0))
  expect(passed.filter(Boolean)).toHaveLength(100)
})

test('a call that its route refuses takes nothing from the account', () => {
  const gateway = new ApiGateway({ narrow: { rate: 1, burst: 1 } }, 0, { rate: 10, burst: 10 })
  for (let index = 0; index < 100; index += 1) gateway.admits('narrow', 0)
  const others = Array.from({ length: 9 }, () => gateway.admits('other', 0))
  expect(others).not.toContain(false)
})
