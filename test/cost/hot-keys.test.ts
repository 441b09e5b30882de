import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eidOf, localBody, someDevices } from '../builders.ts'
import type { Operation } from '../fakes/dynamodb/fake.ts'
import { isDown } from '../fakes/thing-space.ts'
import { aCallbackOf, createWorld, type World } from '../fakes/world.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/design.md'), 'utf8')
const [, section = ''] = page.split('\n### Hot keys\n')

/** The units for each event that the row of a key tells. */
function told(key: string): number {
  const row = section.split('\n').find((line) => line.startsWith(`| \`${key}`))
  return Number(row?.split('|')[3]?.trim())
}

type Write = { pk: string; units: number }
type Input = {
  Key?: { pk: string }
  Item?: { pk: string }
  TransactItems?: unknown[]
  RequestItems?: Record<string, { PutRequest?: { Item: { pk: string } } }[]>
}

/** A world that notes the units of each write of a single item, without those of its indexes. */
function createMeteredWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const writes: Write[] = []
  const total = () =>
    world.meter().writeUnits - Object.values(world.meter().indexes).reduce((sum, { writeUnits }) => sum + writeUnits, 0)
  let before = 0
  const world: World = createWorld({
    ...options,
    observe: ({ input }: Operation) => {
      const { Key, Item } = input as Input
      const units = total() - before
      before = total()
      const pk = Key?.pk ?? Item?.pk
      if (pk !== undefined && units > 0) writes.push({ pk, units })
    },
  })
  const unitsOf = (prefix: string) =>
    writes.filter(({ pk }) => pk.startsWith(prefix)).reduce((sum, { units }) => sum + units, 0)
  const listed = () => world.meter().indexes['byAccount']?.writeUnits ?? 0
  return { world, unitsOf, listed, writes }
}

const callbacksOf = (count: number, verdict: 'succeeded' | 'failed') =>
  someDevices(count).map(({ deviceIds }) => aCallbackOf('upstream-1', deviceIds, verdict))

describe('the table of hot keys in docs/design.md', () => {
  test('tells the writes of a result, of an order in the list of its account, and of a failure', async () => {
    const { world, unitsOf, listed } = createMeteredWorld()
    await world.order('enable', localBody(100))
    await world.stream()
    expect(listed()).toBe(told('ACC#'))

    await world.callback(callbacksOf(100, 'failed'))
    expect(unitsOf('TSR#') / 100).toBe(told('TSR#'))
    await world.stream()
    await world.stream()
    expect((listed() - 1) / 100).toBe(told('FAILURES#'))
    expect(unitsOf('FAILED#') / 100).toBe(told('FAILED#'))
  })

  test('tells the writes of a callback in quarantine, of its mentions, and of one that is only counted', async () => {
    const { world, unitsOf, writes } = createMeteredWorld({ refuseUnlistedAddresses: true })
    await world.callback({ ...callbacksOf(1, 'succeeded')[0], deviceIds: [{ id: eidOf(1), kind: 'UNHEARD-OF' }] })
    const quarantined = unitsOf('QUARANTINE#')
    const mentions = writes.filter(({ pk }) => pk.startsWith('MENTION#'))
    for (let at = 0; at < 100; at += 1)
      await world.callback({ ...callbacksOf(1, 'succeeded')[0], at }, { sourceIp: '203.0.113.9' })

    expect(quarantined).toBe(told('QUARANTINE#<0-7>'))
    expect(mentions).not.toEqual([])
    expect(mentions.every(({ units }) => units === told('MENTION#'))).toBe(true)
    expect(unitsOf('QUARANTINE#UNKEPT') / 40).toBe(told('QUARANTINE#UNKEPT'))
  })

  test('tells the writes of an orphan and of a decision', async () => {
    const { world, unitsOf } = createMeteredWorld()
    await world.callback(aCallbackOf('unknown', someDevices(1)[0]!.deviceIds))
    await world.stream()
    // Each identifier of the card has a partition of its own.
    expect(unitsOf('ORPHANS#') / 2).toBe(told('ORPHANS#'))

    world.thingSpace.will(isDown)
    const { requestId } = await world.order('enable', localBody(1))
    await world.decide('cancel', requestId)
    expect(unitsOf('AUDIT#')).toBe(told('AUDIT#'))
  })
})
