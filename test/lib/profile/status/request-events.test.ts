import { describe, expect, test } from 'vitest'
import type { ProfileRequest } from '../../../../lib/profile/request/request.ts'
import { type DeviceStatus, DeviceStatus as Statuses } from '../../../../lib/profile/request/states.ts'
import { eventsBetween } from '../../../../lib/profile/status/request-events.ts'
import { account } from '../../../builders.ts'
import { aRequest, minute, noon } from '../records.ts'

/** A version of a request: its status and the statuses of its devices. */
const aVersion = (
  version: number,
  status: ProfileRequest['summary']['status'],
  ...devices: DeviceStatus[]
): ProfileRequest => {
  const request = aRequest({ deviceCount: devices.length, version, updatedAt: noon + version * minute })
  const deviceStates = Uint8Array.from(devices, (device) => Statuses.options.indexOf(device))
  return { ...request, summary: { ...request.summary, status, deviceStates } }
}
const awaiting = (request: ProfileRequest): ProfileRequest => ({
  ...request,
  summary: { ...request.summary, awaitingDecision: 1 },
})
const before = aVersion(4, 'submitted', 'pending', 'warning')

const brief = (events: ReturnType<typeof eventsBetween>) =>
  events.map(({ type, status, position }) => `${type}${position === undefined ? '' : ` ${position}`}: ${status}`)

test.each<{ about: string; after: ProfileRequest; events: string[] }>([
  { about: 'a warning publishes no event', after: aVersion(5, 'submitted', 'warning', 'warning'), events: [] },
  {
    about: 'each final device has an event, in order',
    after: aVersion(5, 'submitted', 'pending', 'failed'),
    events: ['device.failed 1: failed'],
  },
  {
    about: 'the devices come before the request that they complete',
    after: aVersion(5, 'partially_succeeded', 'succeeded', 'expired'),
    events: ['device.succeeded 0: succeeded', 'device.failed 1: expired', 'request.completed: partially_succeeded'],
  },
  {
    about: 'a cancellation completes the request',
    after: aVersion(5, 'cancelled', 'cancelled', 'cancelled'),
    events: ['device.failed 0: cancelled', 'device.failed 1: cancelled', 'request.completed: cancelled'],
  },
  {
    about: 'an unconfirmed submission alone publishes no event, because callbacks usually resolve it',
    after: aVersion(5, 'unconfirmed', 'pending', 'warning'),
    events: [],
  },
  {
    about: 'an open decision has an event',
    after: awaiting(aVersion(5, 'unconfirmed', 'pending', 'warning')),
    events: ['request.unconfirmed: unconfirmed'],
  },
  { about: 'a retry publishes no event', after: aVersion(5, 'retrying', 'pending', 'pending'), events: [] },
])('eventsBetween: $about', ({ after, events }) => {
  expect(brief(eventsBetween(before, after))).toEqual(events)
})

describe('a late result', () => {
  test('corrects an expired device and completes its request again', () => {
    const expired = aVersion(5, 'expired', 'expired', 'expired')
    const corrected = aVersion(6, 'partially_succeeded', 'succeeded', 'expired')
    expect(brief(eventsBetween(expired, corrected))).toEqual([
      'device.succeeded 0: succeeded',
      'request.completed: partially_succeeded',
    ])
  })

  test('that does not change the status of the request publishes an event for the device only', () => {
    const some = aVersion(5, 'partially_succeeded', 'succeeded', 'expired')
    expect(brief(eventsBetween(some, aVersion(6, 'partially_succeeded', 'succeeded', 'failed')))).toEqual([
      'device.failed 1: failed',
    ])
  })
})

test('a new request publishes the status that it already has', () => {
  expect(eventsBetween(undefined, aVersion(0, 'submitting', 'pending'))).toEqual([])
  expect(brief(eventsBetween(undefined, aVersion(1, 'submitted', 'pending')))).toEqual(['request.submitted: submitted'])
})

describe('an event', () => {
  const events = eventsBetween(before, aVersion(5, 'failed', 'failed', 'failed'))

  test('names its subject and time and has the version as its sequence', () => {
    expect(events[0]).toEqual({
      type: 'device.failed',
      requestId: 'request-1',
      accountName: account,
      action: 'disable',
      sequence: 5,
      id: 'request-1/generation-1/5/0',
      at: noon + 5 * minute,
      status: 'failed',
      position: 0,
    })
    expect(events.at(-1)).toMatchObject({ type: 'request.completed', id: 'request-1/generation-1/5', sequence: 5 })
  })

  test('has an id of its own, which is the same whenever the change is published again', () => {
    const ids = events.map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(eventsBetween(before, aVersion(5, 'failed', 'failed', 'failed'))).toEqual(events)
    const next = eventsBetween(aVersion(6, 'expired', 'expired'), aVersion(7, 'failed', 'failed'))
    expect(next.map(({ id }) => id)).toEqual(['request-1/generation-1/7/0', 'request-1/generation-1/7'])
  })
})

test.each([4, 3])('eventsBetween returns nothing if the version is %i after 4', (version) => {
  expect(eventsBetween(before, aVersion(version, 'succeeded', 'succeeded', 'succeeded'))).toEqual([])
})

test('eventsBetween returns nothing for a conflict beside a final result', () => {
  const was = aVersion(4, 'succeeded', 'succeeded')
  const now = aVersion(5, 'succeeded', 'succeeded')
  now.summary.deviceStates[0] = (now.summary.deviceStates[0] ?? 0) | 0x80
  expect(eventsBetween(was, now)).toEqual([])
})
