import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { describe, expect, test } from 'vitest'
import { createHandler, handler as deployed } from '../../functions/describe-api.ts'
import { anAccess, apiEvent, context } from '../builders.ts'
import { readSettings } from '../../local/settings.ts'
import { document, operation, operations, resolve } from './document.ts'
import { outsideOf } from './schemas.ts'

const files = new Map<string, string>([
  ['manifest.json', JSON.stringify({ script: 'main-A.js', style: 'style-B.css', files: ['main-A.js', 'style-B.css'] })],
  ...['main-A.js', 'style-B.css'].flatMap((name): [string, string][] => [
    [name, `the file ${name}`],
    [`${name}.br`, `${name} in Brotli`],
    [`${name}.gz`, `${name} in gzip`],
  ]),
])

const handler = createHandler({
  access: anAccess(),
  readAsset: async (name) => `the file ${name}`,
  readBuilt: async (name) => Buffer.from(files.get(name) ?? ''),
  console: {
    issuer: 'https://issuer.test/tenant',
    clientId: 'console',
    scopes: 'openid profiles:read',
    issuerOrigins: ['https://tokens.issuer.test'],
    parameters: { audience: 'profiles' },
  },
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
})

const call = async (route: string, file?: string, headers: Record<string, string> = {}) => {
  const path = file === undefined ? {} : { path: { file } }
  return handler(apiEvent({ route: `GET ${route}`, headers, ...path }), context)
}
const headerOf = (answer: APIGatewayProxyStructuredResultV2, name: string) => String(answer.headers?.[name])

test('GET /openapi.json returns the complete document', async () => {
  const answer = await call('/openapi.json')
  expect(answer.statusCode).toBe(200)
  expect(headerOf(answer, 'content-type')).toBe('application/json')
  expect(JSON.parse(answer.body ?? '')).toEqual(document)
})

test('the /docs page loads nothing from other hosts and runs no inline script', async () => {
  const { body = '', headers = {} } = await call('/docs')
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
  expect(headers['content-security-policy']).not.toContain('unsafe')
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(body).not.toMatch(/https?:\/\/|<style|<script>|\son\w+=/)
})

test('the /docs page sends each order with a new Idempotency-Key unless the reader enters one', async () => {
  type Request = { method: string; url: string; headers: Record<string, string> }
  const { body = '' } = await call('/docs/{file}', 'start.js')
  let intercept = (request: Request): Request => request
  const bundle = (options: { requestInterceptor: typeof intercept }) => void (intercept = options.requestInterceptor)
  // The script of the page, run like in a browser.
  runInNewContext(body, { SwaggerUIBundle: bundle, crypto: globalThis.crypto })

  const order = (headers: Record<string, string> = {}) =>
    intercept({ method: 'POST', url: 'https://gateway.test/v1/devices/profile/actions/enable', headers }).headers

  expect(order()['Idempotency-Key']).toMatch(/^[0-9a-f-]{36}$/)
  expect(order()).not.toEqual(order())
  expect(order({ 'Idempotency-Key': 'mine' })).toEqual({ 'Idempotency-Key': 'mine' })
  expect(intercept({ method: 'GET', url: 'https://gateway.test/v1/requests', headers: {} }).headers).toEqual({})
})

test('every example of an order uses an account of the local stack and has no Idempotency-Key', async () => {
  const { accounts } = readSettings({})
  const accountNames = operations.flatMap(({ requestBody }) =>
    Object.values(requestBody?.content['application/json']?.examples ?? {}).flatMap(
      (example) => (resolve(example).value as { accountName?: string }).accountName ?? [],
    ),
  )
  expect(new Set(accountNames)).toEqual(new Set(accounts))
  const keys = operations.flatMap(({ parameters = [] }) => parameters.filter(({ name }) => name === 'Idempotency-Key'))
  expect(keys.length).toBeGreaterThan(0)
  expect(keys.filter(({ schema }) => 'example' in schema)).toEqual([])
})

test('every file that the /docs page names is served with its content type', async () => {
  const { body = '' } = await call('/docs')
  const named = [...body.matchAll(/(?:src|href)="docs\/([^"]+)"/g)].map((match) => match[1]!)
  expect(named).toHaveLength(3)
  for (const name of named) {
    const answer = await call('/docs/{file}', name)
    expect(answer.statusCode).toBe(200)
    expect(headerOf(answer, 'content-type')).toMatch(name.endsWith('.css') ? /^text\/css/ : /^text\/javascript/)
    expect(headerOf(answer, 'cache-control')).toBe('public, max-age=3600')
  }
})

test.each(['package.json', '../package.json', '..%2Fdocs', 'constructor', ''])(
  'GET /docs/{file} answers 404 for the file "%s"',
  async (name) => {
    expect(await call('/docs/{file}', name)).toMatchObject({ statusCode: 404 })
  },
)

test.each([{ route: '/openapi.json' }, { route: '/docs' }, { route: '/docs/{file}', file: 'start.js' }])(
  '$route answers 304 to a caller who already has the content',
  async ({ route, file }) => {
    const first = await call(route, file)
    const again = await call(route, file, { 'if-none-match': headerOf(first, 'etag') })
    expect(again.statusCode).toBe(304)
    expect(again.body).toBeUndefined()
  },
)

describe('GET /console', () => {
  test('returns a page that runs only its own files and calls only this origin and the issuer', async () => {
    const { body = '', headers = {} } = await call('/console')
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(policy).toContain("connect-src 'self' https://issuer.test https://tokens.issuer.test;")
    expect(policy).not.toContain('unsafe')
    expect(body).not.toMatch(/https?:\/\/|<style|<script>|\son\w+=/)
    expect(headers['cache-control']).toBe('no-cache')
  })

  test.each([
    { accepted: 'gzip, deflate, br', encoding: 'br', content: 'main-A.js in Brotli' },
    { accepted: 'gzip', encoding: 'gzip', content: 'main-A.js in gzip' },
    { accepted: '', encoding: undefined, content: 'the file main-A.js' },
  ])('serves its files compressed to a browser that accepts "$accepted"', async ({ accepted, encoding, content }) => {
    const answer = await call('/console/{file}', 'main-A.js', { 'accept-encoding': accepted })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers?.['content-encoding']).toBe(encoding)
    expect(answer.headers?.['cache-control']).toBe('public, max-age=31536000, immutable')
    const body = answer.isBase64Encoded === true ? Buffer.from(answer.body ?? '', 'base64').toString() : answer.body
    expect(body).toBe(content)
  })

  test('tells the page how to sign in', async () => {
    const { body = '' } = await call('/console/{file}', 'config.json')
    expect(JSON.parse(body)).toEqual({
      issuer: 'https://issuer.test/tenant',
      clientId: 'console',
      scopes: 'openid profiles:read',
      parameters: { audience: 'profiles' },
    })
  })

  test.each(['manifest.json', 'main-A.js.br', '../package.json', 'other.js'])('has no file "%s"', async (name) => {
    expect(await call('/console/{file}', name)).toMatchObject({ statusCode: 404 })
  })

  test('answers 404 in a deployment without the console', async () => {
    const without = createHandler({
      access: anAccess(),
      readAsset: async () => '',
      readBuilt: async () => Promise.reject(new Error('no such file')),
      console: { issuer: 'https://issuer.test', clientId: '', scopes: '', issuerOrigins: [], parameters: {} },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    })
    expect(await without(apiEvent({ route: 'GET /console' }), context)).toMatchObject({ statusCode: 404 })
  })
})

describe('the deployed describe-api function', () => {
  test('serves the files of the package within the limit of a Lambda response', async () => {
    for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css']) {
      const answer = await deployed(apiEvent({ route: 'GET /docs/{file}', path: { file } }), context)
      const own = await readFile(join(import.meta.dirname, '../../node_modules/swagger-ui-dist', file), 'utf8')
      expect(answer.body).toBe(own)
      expect(JSON.stringify(answer).length).toBeLessThan(3 * 1024 * 1024)
    }
  })

  test('answers as the document describes', async () => {
    for (const [path, file] of [
      ['/openapi.json'],
      ['/docs'],
      ['/docs/{file}', 'start.js'],
      ['/docs/{file}', 'none'],
    ] as const) {
      const { statusCode: status = 0, headers = {}, body = '' } = await call(path, file)
      const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
      const received = {
        status,
        headers: texts,
        body: texts['content-type']?.includes('json') ? JSON.parse(body) : body,
      }
      expect(outsideOf(operation(`GET ${path}`), received)).toEqual([])
    }
  })
})
