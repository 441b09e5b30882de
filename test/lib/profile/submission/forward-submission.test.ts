import { expect, test } from 'vitest'
import { localBody } from '../../../builders.ts'
import { accepts } from '../../../fakes/thing-space.ts'
import { createWorld } from '../../../fakes/world.ts'

test('an attempt logs one started and one finished line, with the time of the call to ThingSpace', async () => {
  const world = createWorld()
  world.thingSpace.will(() => {
    world.advance(3)
    return accepts
  })

  const { requestId } = await world.order('enable', localBody())

  const attempt = { requestId, submission: 0, attempt: 1 }
  expect(world.log.lines.filter(({ message }) => message.startsWith('attempt '))).toMatchObject([
    { message: 'attempt started', fields: { ...attempt, action: 'enable', devices: 1 } },
    {
      message: 'attempt finished',
      fields: { ...attempt, outcome: 'accepted', upstreamRequestId: expect.any(String), milliseconds: 3_000 },
    },
  ])
})
