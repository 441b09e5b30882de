import { describe, expect, test } from 'vitest'
import { routeKeys } from '../../lib/http/access/route-scopes.ts'
import { commands } from '../../ops/commands.ts'
import { httpCallOf, httpCalls } from '../../ops/http-calls.ts'

describe('the HTTP call that a command prints', () => {
  test.each(httpCalls)('is a route of the API, and its command exists: $words', ({ words, route, query = {} }) => {
    const fixed = route.replace(/dead-letters\/\w+\//, 'dead-letters/{queue}/')
    expect(routeKeys).toContain(fixed)
    const command = commands.find(({ name }) => name === words.split(' ')[0])
    expect(command).toBeDefined()
    const options = Object.keys(command?.options ?? {})
    const names = [...words.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    expect([...options, ...names]).toEqual(expect.arrayContaining(Object.keys(query)))
    for (const [, name] of route.matchAll(/\{(\w+)\}/g)) expect(names).toContain(name)
  })

  test('has the words and the filters of the command line, encoded', () => {
    expect(httpCallOf(['retry', 'a/b'], {})).toBe('POST /v1/requests/a%2Fb/retry')
    expect(httpCallOf(['find', '8914 80'], { account: 'x' })).toBe('GET /v1/search?q=8914+80')
    expect(httpCallOf(['audit'], { account: '0000123456-00001', actor: 'operator:kim' })).toBe(
      'GET /v1/operate/audit?accountName=0000123456-00001&actor=operator%3Akim',
    )
    expect(httpCallOf(['quarantine', 'show', 'QUARANTINE#1/x'], {})).toBe(
      `GET /v1/operate/quarantine/${Buffer.from('QUARANTINE#1/x').toString('base64url')}`,
    )
  })

  test('is absent where no single call does the same', () => {
    expect(httpCallOf(['retry', 'one', 'two'], {})).toBeUndefined()
    expect(httpCallOf(['redrive', 'changes'], {})).toBeUndefined()
    expect(httpCallOf(['check'], {})).toBeUndefined()
    expect(httpCallOf(['quarantine', 'list'], { dismissed: true })).toBeUndefined()
    expect(httpCallOf(['failures'], { counts: true })).toBe('GET /v1/failures/counts')
  })
})
