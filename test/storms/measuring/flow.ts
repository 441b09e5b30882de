import type { FlowControl, Hold } from '../../../lib/profile/flow-control/flow-control.ts'
import { isDown } from '../../fakes/thing-space.ts'
import { freshBody } from './bodies.ts'
import { createRecordedWorld } from './recorder.ts'

export type SwitchedFlow = FlowControl & { holds: Hold['why'] | undefined }

/** A flow control that uses no table: it lets every call go, or holds every call. */
export function switchedFlow(): SwitchedFlow {
  const flow: SwitchedFlow = {
    holds: undefined,
    ask: async () =>
      flow.holds === undefined
        ? { kind: 'go', isProbe: false, note: () => undefined, release: async () => undefined }
        : { kind: 'hold', why: flow.holds, until: 0 },
  }
  return flow
}

/** An order while calls are limited, with the gateway's own flow control. */
export async function recordLimitedAttempt() {
  const { world, record } = createRecordedWorld()
  world.thingSpace.will(isDown)
  await world.order('enable', freshBody(1))
  const { recorded } = await record(() => world.order('enable', freshBody(1)))
  return recorded
}
