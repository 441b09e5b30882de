import { describe, expect, test } from 'vitest'
import { authenticateCallback } from '../../../../lib/thingspace/callback/credentials.ts'

const listener = { username: 'listener', current: 'new', previous: 'old', requireCredentials: false }
const required = { ...listener, requireCredentials: true }

test.each([
  ['current', { username: 'listener', password: 'new' }, 'authentic'],
  ['previous', { username: 'listener', password: 'old' }, 'authentic'],
  ['another', { username: 'listener', password: 'older' }, 'wrong-credentials'],
  ['empty', { username: 'listener', password: '' }, 'wrong-credentials'],
  ['current, of another user', { username: 'somebody', password: 'new' }, 'wrong-credentials'],
  ['current, in other casing', { username: 'listener', password: 'NEW' }, 'wrong-credentials'],
  ['current, of no user', { username: '', password: 'new' }, 'wrong-credentials'],
])('authenticateCallback checks a callback with this password: %s', (_which, credentials, authenticity) => {
  expect(authenticateCallback(credentials, listener)).toBe(authenticity)
  expect(authenticateCallback(credentials, required)).toBe(authenticity)
})

test('authenticateCallback keeps user name and password apart', () => {
  expect(authenticateCallback({ username: 'listenern', password: 'ew' }, listener)).toBe('wrong-credentials')
})

describe('a callback without credentials or with empty ones', () => {
  test.each([undefined, { username: '', password: '' }])('is left to the secret path: %j', (credentials) => {
    expect(authenticateCallback(credentials, listener)).toBe('authentic')
  })

  test.each([undefined, { username: '', password: '' }])(
    'is refused if credentials are required: %j',
    (credentials) => {
      expect(authenticateCallback(credentials, required)).toBe('credentials-missing')
    },
  )
})

test('authenticateCallback accepts only the current password if there is no previous one', () => {
  const { previous: _previous, ...first } = listener

  expect(authenticateCallback({ username: 'listener', password: 'new' }, first)).toBe('authentic')
  expect(authenticateCallback({ username: 'listener', password: 'old' }, first)).toBe('wrong-credentials')
})
