import { expect, test } from 'vitest'
import { seeded } from '../simulation/random.ts'
import { Heap } from './heap.ts'

test('entries leave a heap by time, and those of one time in the order in which they came', () => {
  const random = seeded(7)
  const heap = new Heap<{ at: number; number: number }>()
  const entries = Array.from({ length: 5000 }, (_, number) => ({ at: random.below(500), number }))
  for (const entry of entries) heap.put(entry.at, entry)
  const taken = entries.map(() => heap.take())
  expect(taken).toEqual(entries.toSorted((a, b) => a.at - b.at || a.number - b.number))
})

test('entries may be put and taken in turns', () => {
  const random = seeded(8)
  const heap = new Heap<number>()
  const taken: number[] = []
  let now = 0
  const takeFirst = () => {
    now = heap.first
    taken.push(now)
    heap.take()
  }
  for (let turn = 0; turn < 5000; turn += 1) {
    heap.put(now + random.below(100), now)
    if (random.chance(0.6)) takeFirst()
  }
  while (heap.size > 0) takeFirst()
  expect(taken).toEqual(taken.toSorted((a, b) => a - b))
  expect(heap.take()).toBeUndefined()
  expect(heap.first).toBe(Infinity)
})
