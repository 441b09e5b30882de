import { describe, expect, test } from 'vitest'
import { mayUse, readCaller, requireAccount } from '../../../lib/http/caller.ts'
import { anAccess } from '../../builders.ts'

const one = '0000123456-00001'
const two = '0000654321-00001'

describe('the accounts claim of a token', () => {
  test.each<{ claim: string | undefined; accounts: string[] | undefined }>([
    { claim: undefined, accounts: [] },
    { claim: '*', accounts: undefined },
    { claim: '[*]', accounts: undefined },
    { claim: ' * ', accounts: undefined },
    { claim: `*,${one}`, accounts: ['*', one] },
    { claim: `[* ${one}]`, accounts: [] },
    { claim: '[* *]', accounts: [] },
    { claim: `${one} ${two}`, accounts: [one, two] },
    { claim: `${one} ACME`, accounts: [`${one} ACME`] },
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
    expect(
      readCaller({ sub: 'app-1', ...(claim === undefined ? {} : { accounts: claim }) }, anAccess()).accounts,
    ).toEqual(accounts)
  })

  test('allows no account if it is absent or empty, and every account if it is *', () => {
    expect(mayUse(readCaller({ sub: 'app-1' }, anAccess()), one)).toBe(false)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: '*' }, anAccess()), one)).toBe(true)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: '' }, anAccess()), one)).toBe(false)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: `[${one}]` }, anAccess()), one)).toBe(true)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: `[${one}]` }, anAccess()), two)).toBe(false)
  })

  test('allows every account if it is absent and the stage does not require it', () => {
    const lenient = anAccess({ requireAccountsClaim: false })
    expect(mayUse(readCaller({ sub: 'app-1' }, lenient), one)).toBe(true)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: '' }, lenient), one)).toBe(false)
  })

  test('may have any name, for instance a URL', () => {
    const rules = anAccess({ accountsClaim: 'https://example.com/accounts' })
    expect(readCaller({ sub: 'app-1', 'https://example.com/accounts': `[${one}]` }, rules).accounts).toEqual([one])
    expect(readCaller({ sub: 'app-1', accounts: one }, rules).accounts).toEqual([])
  })

  test.each<{ claim: string; accounts: string[] | undefined }>([
    { claim: `{"accounts":["${one}","ACME West"]}`, accounts: [one, 'ACME West'] },
    { claim: `{"accounts":"${one},${two}"}`, accounts: [one, two] },
    { claim: '{"accounts":["*"]}', accounts: undefined },
    { claim: '{"accounts":[1]}', accounts: [] },
    { claim: '{"accounts":null}', accounts: [] },
    { claim: '{}', accounts: [] },
    { claim: `map[accounts:[${one}]]`, accounts: [] },
  ])('may be a member of another claim: $claim allows $accounts', ({ claim, accounts }) => {
    const rules = anAccess({ accountsClaim: '/gateway/accounts' })
    expect(readCaller({ sub: 'app-1', gateway: claim }, rules).accounts).toEqual(accounts)
  })

  test('that is no text is an error, not an absent claim', () => {
    expect(() => readCaller({ sub: 'app-1', accounts: [one] }, anAccess({ requireAccountsClaim: false }))).toThrow(
      '"expected": "string"',
    )
  })

  test('does not allow an account by a part of its name', () => {
    expect(mayUse(readCaller({ sub: 'app-1', accounts: one }, anAccess()), one.slice(0, -1))).toBe(false)
    expect(mayUse(readCaller({ sub: 'app-1', accounts: one.slice(0, -1) }, anAccess()), one)).toBe(false)
  })

  test('causes a refusal for another account, which is not repeated in the message', () => {
    expect(() => requireAccount(readCaller({ sub: 'app-1', accounts: one }, anAccess()), two)).toThrow(
      'does not allow this account name',
    )
    expect(() => requireAccount(readCaller({ sub: 'app-1', accounts: one }, anAccess()), one)).not.toThrow()
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
    expect(readCaller(claims, anAccess()).id).toBe(id)
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
    expect(() => readCaller(claims, anAccess())).toThrow('caller-unknown')
  })

  test('is anonymous and may use no account on a route without an authorizer', () => {
    expect(readCaller(undefined, anAccess())).toEqual({ id: '', accounts: [], scopes: [] })
    expect(mayUse(readCaller(undefined, anAccess()), one)).toBe(false)
  })
})
