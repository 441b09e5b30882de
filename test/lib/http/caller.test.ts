import { describe, expect, test } from 'vitest'
import { mayUse, readCaller, requireAccount } from '../../../lib/http/caller.ts'

const one = '0000123456-00001'
const two = '0000654321-00001'

describe('the accounts claim of a token', () => {
  test.each<{ claim: string | undefined; accounts: string[] | undefined }>([
    { claim: undefined, accounts: undefined },
    { claim: one, accounts: [one] },
    { claim: `${one},${two}`, accounts: [one, two] },
    { claim: ` ${one} , ${two},, `, accounts: [one, two] },
    { claim: `[${one}]`, accounts: [one] },
    { claim: `[${one} ${two}]`, accounts: [one, two] },
    { claim: `[${one}  ${two} ]`, accounts: [one, two] },
    { claim: `[${one}, ${two}]`, accounts: [one, two] },
    { claim: '4 3TOM HPN2 S', accounts: ['4 3TOM HPN2 S'] },
    { claim: `4 3TOM HPN2 S,${one}`, accounts: ['4 3TOM HPN2 S', one] },
    { claim: '[ACME]', accounts: ['ACME'] },
    { claim: ' [ACME] ', accounts: ['ACME'] },
    { claim: 'ACME West,ACME', accounts: ['ACME West', 'ACME'] },
    { claim: '[ACME West]', accounts: [] },
    { claim: '[ACME,West]', accounts: [] },
    { claim: `[4 3TOM HPN2 S, ${one}]`, accounts: [] },
    { claim: `[${one} ACME]`, accounts: [] },
    { claim: `[${one} ${two}0]`, accounts: [] },
    { claim: `[${one}\tACME]`, accounts: [] },
    { claim: `[["${one}"]]`, accounts: [`["${one}"]`] },
    { claim: '', accounts: [] },
    { claim: '[]', accounts: [] },
    { claim: ' , ', accounts: [] },
  ])('$claim allows $accounts', ({ claim, accounts }) => {
    expect(readCaller({ sub: 'app-1', ...(claim === undefined ? {} : { accounts: claim }) }).accounts).toEqual(accounts)
  })

  test('allows every account if it is absent, and none if it is empty', () => {
    expect(mayUse(readCaller({ sub: 'app-1' }), one)).toBe(true)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: '' }), one)).toBe(false)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: `[${one}]` }), one)).toBe(true)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: `[${one}]` }), two)).toBe(false)
  })

  test('does not allow an account by a part of its name', () => {
    expect(mayUse(readCaller({ sub: 'app-1', accounts: one }), one.slice(0, -1))).toBe(false)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: one.slice(0, -1) }), one)).toBe(false)
  })

  test('causes a refusal for another account, which is not repeated in the message', () => {
    expect(() => requireAccount(readCaller({ sub: 'app-1', accounts: one }), two)).toThrow(
      'does not allow this account name',
    )
    expect(() => requireAccount(readCaller({ sub: 'app-1', accounts: one }), one)).not.toThrow()
  })
})

describe('the caller of a route', () => {
  test.each([
    { claims: { iss: 'https://a.test', sub: 'app-1' }, id: 'https://a.test|sub:app-1' },
    { claims: { iss: 'https://a.test', client_id: 'app-1', azp: 'x' }, id: 'https://a.test|client_id:app-1' },
    { claims: { iss: 'https://a.test', azp: 'app-1' }, id: 'https://a.test|azp:app-1' },
    { claims: { iss: 'https://b.test', sub: 'app-1', client_id: 'other' }, id: 'https://b.test|sub:app-1' },
    { claims: { iss: 'https://b.test', sub: ' app-1 ' }, id: 'https://b.test|sub: app-1 ' },
    { claims: { iss: 'https://b.test', sub: 'client_id:app-1' }, id: 'https://b.test|sub:client_id:app-1' },
  ])('is $id', ({ claims, id }) => {
    expect(readCaller(claims).id).toBe(id)
  })

  test.each([
    {},
    { iss: 'https://a.test' },
    { sub: '' },
    { sub: ' ' },
    { sub: '', client_id: 'app-1' },
    { client_id: '', azp: 'app-1' },
    { azp: '' },
  ])('is refused if its token does not name it: %j', (claims) => {
    expect(() => readCaller(claims)).toThrow('caller-unknown')
  })

  test('is anonymous and may use no account on a route without an authorizer', () => {
    expect(readCaller(undefined)).toEqual({ id: '', accounts: [] })
    expect(mayUse(readCaller(undefined), one)).toBe(false)
  })
})
