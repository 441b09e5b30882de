import { expect, test } from 'vitest'
import type { UpstreamStatus, UpstreamState } from '../../../../lib/profile/status/upstream-status.ts'
import { stateOfDevice } from '../../../../lib/profile/status/ask-before-expiry.ts'
import { aDevice } from '../records.ts'

const status = (state: UpstreamState, ...subRequests: [number, UpstreamState][]): UpstreamStatus => ({
  kind: 'found',
  upstreamRequestId: 'upstream-0',
  state,
  devices: subRequests.map(([index, of]) => ({ identifiers: aDevice(index), state: of })),
})

test.each<[string, UpstreamStatus, UpstreamState]>([
  ['no sub-requests, so the overall status decides', status('succeeded'), 'succeeded'],
  ['a pending sub-request is not final', status('succeeded', [0, 'pending']), 'pending'],
  ['a failed sub-request is a failure', status('succeeded', [0, 'failed']), 'failed'],
  ['one of two sub-requests pending is not final', status('succeeded', [0, 'failed'], [0, 'pending']), 'pending'],
  ["another device's sub-request decides nothing", status('succeeded', [7, 'failed'], [0, 'succeeded']), 'succeeded'],
  ['sub-requests without ordered devices all count', status('succeeded', [7, 'pending']), 'pending'],
  ['a pending overall status is not final', status('pending', [0, 'succeeded']), 'pending'],
  ['an overall failure beside successes is not usable', status('failed', [0, 'succeeded']), 'unrecognised'],
  ['an unknown word is not usable', status('succeeded', [0, 'unrecognised']), 'unrecognised'],
])('the state of a device in an answer of ThingSpace: %s', (_about, answer, state) => {
  expect(stateOfDevice(answer, aDevice(0))).toBe(state)
})
