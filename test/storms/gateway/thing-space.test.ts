import { describe, expect, test } from 'vitest'
import { seeded } from '../../simulation/random.ts'
import { Sample } from '../engine/percentiles.ts'
import { assumedThingSpace, type OutageKind, ThingSpaceModel } from './thing-space.ts'

const budget = 30_000
const during = (kind: OutageKind) =>
  new ThingSpaceModel({ ...assumedThingSpace, outage: { from: 0, to: 1000, kind } }, seeded(1))

describe('the model of ThingSpace', () => {
  test('half of its answers take longer than usual, and one in a hundred is slow', () => {
    const model = new ThingSpaceModel(assumedThingSpace, seeded(3))
    const times = new Sample()
    for (let call = 0; call < 20_000; call += 1) times.add(model.post(0, budget).milliseconds)
    expect(times.at(0.5)).toBeGreaterThan(760)
    expect(times.at(0.5)).toBeLessThan(840)
    expect(times.at(0.99)).toBeGreaterThan(3500)
    expect(times.at(0.99)).toBeLessThan(4500)
  })

  test('the gateway reads a 429 of an outage as a call that was not accepted', () => {
    const { outcome } = during('429').post(500, budget)
    expect(outcome).toMatchObject({ kind: 'not-accepted', cause: 'throttled', retryAfterSeconds: 30 })
  })

  test('the gateway reads a 503 that asks to wait as a call that was not accepted', () => {
    expect(during('503').post(500, budget).outcome).toMatchObject({ kind: 'not-accepted', cause: 'unavailable' })
  })

  test('a call without an answer takes the whole budget, and its outcome is unknown', () => {
    expect(during('silent').post(500, budget)).toMatchObject({ outcome: { kind: 'unknown' }, milliseconds: budget })
  })

  test('after the outage it accepts', () => {
    expect(during('429').post(1000, budget).outcome.kind).toBe('accepted')
  })

  test('beyond its limit it answers 429', () => {
    const model = new ThingSpaceModel({ ...assumedThingSpace, callsPerSecond: 5 }, seeded(1))
    const kinds = Array.from({ length: 8 }, () => model.post(0, budget).outcome.kind)
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(5)
    expect(model.post(1000, budget).outcome.kind).toBe('accepted')
  })
})
