import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readSettings, unknownVariables, variableNames } from '../../local/settings.ts'

test('readSettings has a default for every variable and uses the simulator as ThingSpace', () => {
  const settings = readSettings({})

  expect(settings).toMatchObject({
    ports: { api: 3000, issuer: 3001, simulator: 9080, simulatorControl: 9081 },
    thingSpace: undefined,
    verbose: false,
  })
  expect(settings.params).toMatchObject({ leaseSeconds: '60', graceRepeatableSeconds: '3', graceSeconds: '6' })
})

test('readSettings lets variables override the parameters of serverless.yml', () => {
  const settings = readSettings({ LOCAL_DEVICES_PER_SUBMISSION: '1', LOCAL_ACCOUNTS: 'Acme Inc, 0000123456-00001' })

  expect(settings.params).toMatchObject({
    devicesPerSubmission: '1',
    listenerAccounts: 'Acme Inc,0000123456-00001',
  })
})

test.each([
  ['LOCAL_PORT', 'http'],
  ['LOCAL_PORT', '70000'],
  ['LOCAL_PORT', ''],
  ['LOCAL_LEASE_SECONDS', '0'],
  ['LOCAL_LEASE_SECONDS', '1.5'],
  ['LOCAL_VERBOSE', 'perhaps'],
  ['LOCAL_LOG_LEVEL', 'LOUD'],
  ['LOCAL_PUBLIC_URL', 'localhost:3000'],
  ['LOCAL_CALLBACK_SEGMENT', 'a/b'],
])('readSettings refuses %s=%s with its name', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(`${name} is "${value}": `)
})

test('readSettings requires all credentials of another ThingSpace and names the missing one', () => {
  const given = {
    LOCAL_THINGSPACE_BASE_URL: 'https://thingspace.verizon.com/api/',
    LOCAL_THINGSPACE_OAUTH_KEY: 'key',
    LOCAL_THINGSPACE_OAUTH_SECRET: 'secret',
    LOCAL_THINGSPACE_USERNAME: 'user',
  }

  expect(() => readSettings(given)).toThrow('LOCAL_THINGSPACE_PASSWORD must be set too')
  expect(readSettings({ ...given, LOCAL_THINGSPACE_PASSWORD: 'password' }).thingSpace).toEqual({
    baseUrl: 'https://thingspace.verizon.com/api',
    oauthKey: 'key',
    oauthSecret: 'secret',
    username: 'user',
    password: 'password',
  })
})

test('readSettings refuses a misspelt variable', () => {
  expect(unknownVariables({ LOCAL_PROT: '1', LOCAL_PORT: '1', OTHER: '1' })).toEqual(['LOCAL_PROT'])
})

test('the README lists exactly the existing variables', async () => {
  const readme = await readFile(new URL('../../local/README.md', import.meta.url), 'utf8')

  const listed = [...readme.matchAll(/^\| `(LOCAL_\w+)`/gm)].map(([, name]) => name)
  expect(listed).toHaveLength(variableNames.length)
  expect(new Set(listed)).toEqual(new Set(variableNames))
})
