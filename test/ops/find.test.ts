import { expect, test } from 'vitest'
import { account, eidOf, iccidOf, localBody } from '../builders.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'
import { opsBench } from './bench.ts'

async function aLife() {
  const world = createWorld()
  const { requestId } = await world.order('enable', localBody())
  await world.callback(aCallbackOf('unknown-9', [{ kind: 'eid', id: eidOf(1) }]))
  await world.callback(`<eid>${eidOf(1)}</eid>`)
  await world.settle()
  return { requestId, ...opsBench(world, { accounts: () => [account] }) }
}

test('ops find shows what is open, the orphans, the quarantine and the requests of a card', async () => {
  const { ops, requestId } = await aLife()
  const { text, outcome, data } = await ops(`find ${eidOf(1).slice(0, 16)} ${eidOf(1).slice(16)}`)

  expect(outcome).toBe('done')
  expect(text).toContain(`card eid:...${eidOf(1).slice(-4)}`)
  expect(text).toContain(`open: enable, pending, request ${requestId}`)
  expect(text).toContain('orphan: 1 result of the unknown upstream id unknown-9')
  expect(text).toContain('in quarantine: not-json')
  expect(text).not.toContain(eidOf(1))
  expect(JSON.stringify(data)).not.toContain(eidOf(1))
})

test('ops find shows a request by the id that ThingSpace gave it', async () => {
  const { ops, requestId } = await aLife()
  const { text } = await ops('find upstream-1')
  expect(text).toContain(`upstream id upstream-1 of ${account} belongs to request ${requestId}`)
})

test('ops find says what it looked for if it found nothing', async () => {
  const { ops } = await aLife()
  expect(await ops(`find ${iccidOf(77)}`)).toMatchObject({
    outcome: 'nothing',
    notes: 'Nothing is known about this as ICCID.\n',
  })
  expect(await ops('find !?')).toMatchObject({ outcome: 'nothing', notes: expect.stringContaining('no identifier') })
})
