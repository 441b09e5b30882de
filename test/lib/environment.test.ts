import { describe, expect, test } from 'vitest'
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
