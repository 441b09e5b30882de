import { afterEach, describe, expect, test, vi } from 'vitest'
import * as environment from '../../lib/environment.ts'
import { slices } from '../../lib/environment-slices.ts'

const isTaken = (url: string) =>
  slices.thingSpace().safeParse({ THINGSPACE_BASE_URL: url, THINGSPACE_SECRET_ID: 'x', CREDENTIAL_SETS: '{}' }).success

describe('THINGSPACE_BASE_URL', () => {
  test.each([
    'https://thingspace.verizon.com/api',
    'https://10.0.0.1:8443/api',
    'http://localhost:4000/api',
    'http://127.0.0.1:1/api',
    'http://127.8.9.10/api',
    'http://[::1]:4000/api',
  ])('may be %s', (url) => {
    expect(isTaken(url)).toBe(true)
  })

  test.each([
    'http://thingspace.verizon.com/api',
    'http://localhost.example.com/api',
    'http://127.0.0.1.example.com/api',
    'http://10.0.0.1/api',
    'http://0.0.0.0/api',
    'http://[::2]/api',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ftp://thingspace.verizon.com',
    'data:text/plain,x',
    'https://user:password@thingspace.verizon.com/api',
    'http://localhost@thingspace.verizon.com/api',
    'thingspace.verizon.com/api',
    '//thingspace.verizon.com/api',
    '',
  ])('may not be %j, because the password would travel unencrypted or to an unknown host', (url) => {
    expect(isTaken(url)).toBe(false)
  })
})

describe('a function', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  test.each([
    ['LEASE_SECONDS', '10', 'must be longer than the time-out of the functions that send submissions, 45 s'],
    ['LEASE_SECONDS', 'abc', 'must be a whole number from 1 to 269'],
    ['LEASE_SECONDS', '', 'must be a whole number from 1 to 269'],
    ['RETRY_CAP_SECONDS', '5000', 'must be a whole number from 1 to 900'],
    ['RETRY_CAP_SECONDS', '1', 'must not be shorter than the first delay: set at least 5'],
    ['GRACE_SECONDS', '1', 'must not be shorter than the grace period of repeatable actions: set at least 60'],
    ['RETAIN_DAYS', '1', 'set at least 2'],
  ])('does not start if %s is %j', (variable, value, message) => {
    vi.stubEnv(variable, value)
    expect(() => environment.protocol()).toThrow(`the environment differs from serverless.yml: ${variable}: `)
    expect(() => environment.protocol()).toThrow(message)
  })

  test('that records callbacks does not start if it must refuse unlisted addresses and has no list', () => {
    vi.stubEnv('REFUSE_UNLISTED_ADDRESSES', 'true')
    vi.stubEnv('CALLBACK_ADDRESSES', '')
    expect(() => environment.callbacks()).toThrow('REFUSE_UNLISTED_ADDRESSES: must be false')
  })
})

describe('the names of scopes', () => {
  const good = {
    SCOPE_READ: 'profiles:read',
    SCOPE_WRITE: 'profiles:write',
    SCOPE_MANAGE: 'https://gateway.example.com/manage',
    SCOPE_OPERATE: 'gateway/operate, Profiles.Operate',
    SCOPE_CLAIMS: 'scp,roles',
    ACCOUNTS_CLAIM: 'https://example.com/accounts',
    ACCOUNTS_PREFIX: '',
    REQUIRE_ACCOUNTS_CLAIM: 'true',
  }
  const read = (over: Partial<typeof good>) => slices.access().safeParse({ ...good, ...over })

  test('may be several for one scope, comma separated', () => {
    expect(read({}).data).toMatchObject({ SCOPE_OPERATE: ['gateway/operate', 'Profiles.Operate'] })
  })

  test.each<[string, Partial<typeof good>]>([
    ['no name', { SCOPE_READ: '' }],
    ['only commas', { SCOPE_WRITE: ' , ' }],
    ['a blank inside', { SCOPE_MANAGE: 'profiles manage' }],
    ['a quote', { SCOPE_OPERATE: 'a"b' }],
    ['a name of another scope', { SCOPE_OPERATE: 'profiles:read' }],
    ['no claim to read them from', { SCOPE_CLAIMS: '' }],
    ['no accounts claim', { ACCOUNTS_CLAIM: '' }],
    ['another word than true or false', { REQUIRE_ACCOUNTS_CLAIM: 'no' }],
  ])('stop the function from starting if they have %s', (_, over) => {
    expect(read(over).success).toBe(false)
  })
})
