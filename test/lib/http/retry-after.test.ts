import { expect, test } from 'vitest'
import { retryAfterOf } from '../../../lib/http/retry-after.ts'
import { noon } from '../profile/records.ts'

const next = (what: 'retry' | 'results' | 'decision', seconds?: number) => ({
  next: { what, at: seconds === undefined ? null : new Date(noon + seconds * 1000).toISOString(), why: 'because' },
})

test.each([
  { about: 'nothing to come', view: { next: null }, seconds: '5' },
  { about: 'nobody knows when', view: next('decision'), seconds: '5' },
  { about: 'results, at any time within a day', view: next('results', 86_400), seconds: '5' },
  { about: 'a retry in 12.3 seconds', view: next('retry', 12.3), seconds: '13' },
  { about: 'a retry just now', view: next('retry', 0), seconds: '1' },
  { about: 'a retry that is late', view: next('retry', -100), seconds: '1' },
  { about: 'a retry in an hour', view: next('retry', 3600), seconds: '60' },
])('$about: $seconds', ({ view, seconds }) => {
  expect(retryAfterOf(view, noon)).toBe(seconds)
})
