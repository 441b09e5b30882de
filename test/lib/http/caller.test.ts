import { describe, expect, test } from 'vitest'
import { mayUse, readCaller, requireAccount } from '../../../lib/http/caller.ts'

const one = '0000123456-00001'
const two = '0000654321-00001'

describe('the accounts of a token', () => {
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
    { claim: `[4 3TOM HPN2 S, ${one}]`, accounts: ['4 3TOM HPN2 S', one] },
    { claim: '', accounts: [] },
    { claim: '[]', accounts: [] },
    { claim: ' , ', accounts: [] },
  ])('$claim: $accounts', ({ claim, accounts }) => {
    expect(readCaller(claim === undefined ? {} : { accounts: claim }).accounts).toEqual(accounts)
  })

  test('without the claim it may use all, with an empty one none', () => {
    expect(mayUse(readCaller({}), one)).toBe(true)
    expect(mayUse(readCaller({ accounts: '' }), one)).toBe(false)
    expect(mayUse(readCaller({ accounts: `[${one}]` }), one)).toBe(true)
    expect(mayUse(readCaller({ accounts: `[${one}]` }), two)).toBe(false)
  })

  test('part of a name is no name', () => {
    expect(mayUse(readCaller({ accounts: one }), one.slice(0, -1))).toBe(false)
    expect(mayUse(readCaller({ accounts: one.slice(0, -1) }), one)).toBe(false)
  })

  test('an account that is not its own is refused, without being repeated', () => {
    expect(() => requireAccount(readCaller({ accounts: one }), two)).toThrow('does not allow this account name')
    expect(() => requireAccount(readCaller({ accounts: one }), one)).not.toThrow()
  })
})

describe('who calls', () => {
  test.each([
    { claims: { iss: 'https://a.test', sub: 'app-1' }, id: 'https://a.test|app-1' },
    { claims: { iss: 'https://a.test', client_id: 'app-1', azp: 'x' }, id: 'https://a.test|app-1' },
    { claims: { iss: 'https://a.test', azp: 'app-1' }, id: 'https://a.test|app-1' },
    { claims: { iss: 'https://b.test', sub: 'app-1', client_id: 'other' }, id: 'https://b.test|app-1' },
    { claims: undefined, id: '|' },
  ])('$id', ({ claims, id }) => {
    expect(readCaller(claims).id).toBe(id)
  })
})
