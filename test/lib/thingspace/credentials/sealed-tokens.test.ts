import { describe, expect, test } from 'vitest'
import type { ThingSpaceSecret } from '../../../../lib/thingspace/credentials/ports.ts'
import { sealTokens } from '../../../../lib/thingspace/credentials/sealed-tokens.ts'
import { fakeCredentialStore } from '../../../fakes/credential-store.ts'
import { goodRecord, secret } from '../world.ts'

/** A source whose secret is older than the one in Secrets Manager until a fresh one is requested. */
function secretsOf(cached: ThingSpaceSecret, current = cached) {
  const asked: boolean[] = []
  return {
    asked,
    async thingSpaceSecret(_credentialSet: string, { fresh = false } = {}) {
      asked.push(fresh)
      if (fresh) cached = current
      return cached
    },
  }
}
const record = goodRecord({ epoch: 2, accessToken: 'bearer-sentinel', sessionToken: 'session-sentinel' })
const rotated = { ...secret, password: 'another' }

describe('the tokens of a credential set', () => {
  test('are unreadable in the stored record and are read back completely', async () => {
    const store = fakeCredentialStore()
    const sealed = sealTokens(store, secretsOf(secret))
    expect(await sealed.save('default', 0, record)).toEqual({ saved: true })
    expect(JSON.stringify([...store.records])).not.toContain('sentinel')
    expect(await sealed.read('default')).toEqual(record)
    expect(await sealTokens(store, secretsOf(secret)).read('default')).toEqual(record)
  })

  test('are encrypted differently each time', async () => {
    const store = fakeCredentialStore()
    const sealed = sealTokens(store, secretsOf(secret))
    await sealed.save('one', 0, record)
    await sealed.save('two', 0, record)
    const [one, two] = [...store.records.values()]
    expect(one?.sessionToken).not.toBe(two?.sessionToken)
  })

  test('are decrypted with the current secret if the secret in memory is outdated', async () => {
    const store = fakeCredentialStore()
    await sealTokens(store, secretsOf(rotated)).save('default', 0, record)
    const behind = secretsOf(secret, rotated)
    expect(await sealTokens(store, behind).read('default')).toEqual(record)
    expect(behind.asked).toEqual([false, true])
  })

  test.each<[string, Partial<ThingSpaceSecret>]>([
    ['password', { password: 'another' }],
    ['user name', { username: 'another' }],
    ['OAuth secret', { oauthSecret: 'another' }],
    ['OAuth key', { oauthKey: 'another' }],
  ])('are absent after a change of the %s, and the rest of the record remains', async (_what, changed) => {
    const store = fakeCredentialStore()
    await sealTokens(store, secretsOf(secret)).save('default', 0, { ...record, failedLogins: 1, failedSecret: 'x' })
    const { accessToken: _a, accessTokenExpiresAt: _e, sessionToken: _s, ...rest } = record
    const read = await sealTokens(store, secretsOf({ ...secret, ...changed })).read('default')
    expect(read).toEqual({ ...rest, failedLogins: 1, failedSecret: 'x' })
  })

  test.each<[string, (text: string) => string]>([
    ['cut', (text) => text.slice(0, -1)],
    ['changed', (text) => `${text.slice(0, -2)}${text.endsWith('AA') ? 'BA' : 'AA'}`],
    ['in clear', () => 'session-in-clear'],
    ['empty', () => ''],
  ])('are absent if the stored text is %s', async (_how, damage) => {
    const store = fakeCredentialStore()
    const sealed = sealTokens(store, secretsOf(secret))
    await sealed.save('default', 0, record)
    const stored = store.records.get('default')
    store.records.set('default', { ...record, ...stored, sessionToken: damage(stored?.sessionToken ?? '') })
    expect(await sealed.read('default')).not.toHaveProperty('sessionToken')
  })

  test('cannot be moved to another credential set or exchanged with each other', async () => {
    const store = fakeCredentialStore()
    const sealed = sealTokens(store, secretsOf(secret))
    await sealed.save('default', 0, record)
    const stored = store.records.get('default') ?? record
    store.records.set('other', stored)
    store.records.set('swapped', { ...stored, sessionToken: stored.accessToken })
    for (const name of ['other', 'swapped']) {
      const read = await sealed.read(name)
      expect(read?.epoch).toBe(2)
      expect(read).not.toHaveProperty('sessionToken')
    }
    store.records.set('default', { ...stored, sessionToken: stored.accessToken })
    expect(await sealed.read('default')).not.toHaveProperty('sessionToken')
  })

  test('do not require the secret if none are stored', async () => {
    const store = fakeCredentialStore({ default: { epoch: 3, failedLogins: 2 } })
    const sealed = sealTokens(store, { thingSpaceSecret: () => Promise.reject(new Error('no secret')) })
    expect(await sealed.read('default')).toEqual({ epoch: 3, failedLogins: 2 })
    expect(await sealed.read('none')).toBeUndefined()
  })
})
