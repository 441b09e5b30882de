import { expect, test } from 'vitest'
import { retryAfterOf } from '../../../lib/http/retry-after.ts'
import { noon } from '../profile/records.ts'

const next = (what: 'retry' | 'results' | 'decision', seconds?: number) => ({
  next: { what, at: seconds === undefined ? null : new Date(noon + seconds * 1000).toISOString(), why: 'because' },
})

test.each([
  { about: 'there is no next step', view: { next: null }, seconds: '5' },
  { about: 'the next step has no date', view: next('decision'), seconds: '5' },
  { about: 'results are expected within a day', view: next('results', 86_400), seconds: '5' },
  { about: 'a retry is due in 12.3 seconds', view: next('retry', 12.3), seconds: '13' },
  { about: 'a retry is due now', view: next('retry', 0), seconds: '1' },
  { about: 'a retry is overdue', view: next('retry', -100), seconds: '1' },
  { about: 'a retry is due in an hour', view: next('retry', 3600), seconds: '60' },
])('Retry-After is $seconds seconds if $about', ({ view, seconds }) => {
  expect(retryAfterOf(view, noon)).toBe(seconds)
})
