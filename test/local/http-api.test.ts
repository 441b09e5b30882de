import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterEach, expect, test } from 'vitest'
import { functionServer } from '../../local/http-api/function-route.ts'
import type { Route } from '../../local/http-api/routes.ts'
import { type RunningHttpApi, startHttpApi } from '../../local/http-api/server.ts'
import type { Handler } from '../../local/lambda/load-handler.ts'
import { aFunction, noTrace, region } from './builders.ts'

let api: RunningHttpApi | undefined
afterEach(async () => api?.stop())

const aRoute = (key: string, handler: Handler, changes: { timeout?: number; integrationMs?: number } = {}): Route => {
  const [method = '', path = ''] = key.split(' ')
  const invoke = aFunction(handler, { timeout: changes.timeout ?? 5 })
  return { method, path, serve: functionServer(invoke, region, changes.integrationMs) }
}

const serving = async (...routes: Route[]): Promise<string> => {
  api = await startHttpApi({ port: 0, trace: noTrace })
  api.serve(routes)
  return api.url
}

const echo: Handler = (event) => event
const eventOf = async (response: Response) => (await response.json()) as APIGatewayProxyEventV2

test("the local HTTP API answers 404 with API Gateway's message for a path without a route", async () => {
  const url = await serving(aRoute('GET /v1/things', echo))

  const response = await fetch(`${url}/v1/others`)

  expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}'])
  expect(response.headers.get('apigw-requestid')).toMatch(/^.{15}=$/)
})

test('the local HTTP API has no route for another method or a trailing slash', async () => {
  const url = await serving(aRoute('GET /v1/things', echo))

  expect((await fetch(`${url}/v1/things`, { method: 'POST' })).status).toBe(404)
  expect((await fetch(`${url}/v1/things/`)).status).toBe(404)
})

test('an event has the members of payload format 2.0, with header names in lower case', async () => {
  const url = await serving(aRoute('POST /v1/things/{thingId}', echo))

  const event = await eventOf(
    await fetch(`${url}/v1/things/7?a=1`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Own-Header': 'Kept As It Is', 'User-Agent': 'tester' },
      body: '{"x":1}',
    }),
  )

  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /v1/things/{thingId}',
    rawPath: '/v1/things/7',
    rawQueryString: 'a=1',
    headers: { 'x-own-header': 'Kept As It Is', 'content-type': 'application/json', 'x-forwarded-proto': 'https' },
    queryStringParameters: { a: '1' },
    pathParameters: { thingId: '7' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: 'local.execute-api.us-east-1.amazonaws.com',
      http: { method: 'POST', path: '/v1/things/7', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'tester' },
      routeKey: 'POST /v1/things/{thingId}',
      stage: '$default',
    },
    body: '{"x":1}',
    isBase64Encoded: false,
  })
  expect(Object.keys(event.headers)).toEqual(Object.keys(event.headers).map((name) => name.toLowerCase()))
  expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/)
})

test('an event omits what its call does not have', async () => {
  const url = await serving(aRoute('GET /plain', echo))

  const event = await eventOf(await fetch(`${url}/plain`))

  for (const absent of ['body', 'cookies', 'queryStringParameters', 'pathParameters'])
    expect(event).not.toHaveProperty(absent)
  expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false })
})

test('each call has its own request id, the same in the event and in the response', async () => {
  const url = await serving(aRoute('GET /plain', echo))

  const [one, other] = await Promise.all([fetch(`${url}/plain`), fetch(`${url}/plain`)])

  expect((await eventOf(one)).requestContext.requestId).toBe(one.headers.get('apigw-requestid'))
  expect(one.headers.get('apigw-requestid')).not.toBe(other.headers.get('apigw-requestid'))
})

test('path parameters are decoded, and an encoded slash stays inside its parameter', async () => {
  const url = await serving(aRoute('GET /accounts/{accountName}/requests', echo))

  const event = await eventOf(await fetch(`${url}/accounts/Acme%20%26%20Co%2FNorth%3F/requests`))

  expect(event.pathParameters).toEqual({ accountName: 'Acme & Co/North?' })
  expect(event.rawPath).toBe('/accounts/Acme & Co/North?/requests')
})

test('a repeated query parameter is one text with commas, and the raw query string stays unchanged', async () => {
  const url = await serving(aRoute('GET /search', echo))

  const event = await eventOf(await fetch(`${url}/search?status=failed&status=expired&name=a%20b&empty=`))

  expect(event.queryStringParameters).toEqual({ status: 'failed,expired', name: 'a b', empty: '' })
  expect(event.rawQueryString).toBe('status=failed&status=expired&name=a%20b&empty=')
})

test('a repeated header is one text with commas, and cookies are a separate list', async () => {
  const url = await serving(aRoute('GET /plain', echo))

  const text = await new Promise<string>((resolve, reject) => {
    const call = request(`${url}/plain`, { headers: { 'X-Tag': ['one', 'two'], Cookie: 'a=1; b=2' } }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve(body))
    })
    call.on('error', reject)
    call.end()
  })

  const event = JSON.parse(text) as APIGatewayProxyEventV2
  expect(event.headers).toMatchObject({ 'x-tag': 'one,two' })
  expect(event.cookies).toEqual(['a=1', 'b=2'])
})

test.each([
  ['application/json', false],
  ['application/json; charset=utf-8', false],
  ['application/problem+json', false],
  ['text/csv', false],
  ['application/octet-stream', true],
  ['application/x-www-form-urlencoded', true],
])('a body of type %s is passed on as base64: %s', async (type, isBase64Encoded) => {
  const url = await serving(aRoute('POST /bytes', echo))

  const event = await eventOf(
    await fetch(`${url}/bytes`, { method: 'POST', headers: { 'content-type': type }, body: 'é1' }),
  )

  expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? Buffer.from('é1').toString('base64') : 'é1' })
})

test('a static path has priority over a variable one, and a variable one over a greedy one', async () => {
  const named =
    (name: string): Handler =>
    () =>
      name
  const url = await serving(
    aRoute('GET /files/{path+}', named('greedy')),
    aRoute('GET /files/{name}', named('variable')),
    aRoute('GET /files/list', named('static')),
  )

  const answers = await Promise.all(
    ['list', 'other', 'a/b'].map(async (path) => (await fetch(`${url}/files/${path}`)).text()),
  )

  expect(answers).toEqual(['static', 'variable', 'greedy'])
})

test('a response has the status, headers, cookies and bytes that the function returned', async () => {
  const url = await serving(
    aRoute('GET /answer', () => ({
      statusCode: 201,
      headers: { 'Content-Type': 'text/csv', 'X-Count': 3 },
      cookies: ['a=1', 'b=2; Path=/'],
      body: Buffer.from([0, 255]).toString('base64'),
      isBase64Encoded: true,
    })),
  )

  const response = await fetch(`${url}/answer`)

  expect(response.status).toBe(201)
  expect(response.headers.get('content-type')).toBe('text/csv')
  expect(response.headers.get('x-count')).toBe('3')
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/'])
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255])
})

test.each([
  ['an object', { a: 1 }, '{"a":1}'],
  ['a text', 'hello', 'hello'],
  ['nothing', undefined, 'null'],
])('%s without a status code is the JSON body of a 200 response', async (_, returned, body) => {
  const url = await serving(aRoute('GET /bare', () => returned))

  const response = await fetch(`${url}/bare`)

  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'application/json',
    body,
  ])
})

test.each<[string, Handler]>([
  ['a thrown error', () => Promise.reject(new Error('inside'))],
  ['a status code that is none', () => ({ statusCode: 'fine' })],
  ['a body that is no text', () => ({ statusCode: 200, body: { a: 1 } })],
  ['an answer above 6 MB', () => ({ statusCode: 200, body: 'x'.repeat(6.1 * 1024 * 1024) })],
  ['an answer that is no JSON', () => ({ statusCode: 200, body: 10n })],
])('%s is answered with 500 without details', async (_, handler) => {
  const url = await serving(aRoute('GET /broken', handler))

  const response = await fetch(`${url}/broken`)

  expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}'])
})

test('a function that exceeds its time-out is answered with 500', async () => {
  const url = await serving(aRoute('GET /slow', async () => sleep(2000), { timeout: 0.05 }))

  const response = await fetch(`${url}/slow`)

  expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}'])
})

test('an integration that exceeds its time-out is answered with 503', async () => {
  const url = await serving(aRoute('GET /slow', async () => sleep(500), { integrationMs: 50 }))

  const response = await fetch(`${url}/slow`)

  expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}'])
})

test.each([
  ['10 MB, the limit of API Gateway', 10 * 1024 * 1024 + 1],
  ['6 MB, the limit of Lambda', 6 * 1024 * 1024 + 1],
])('a body above %s is answered with 413', async (_, size) => {
  const url = await serving(aRoute('POST /big', echo))

  const response = await fetch(`${url}/big`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'x'.repeat(size),
  })

  expect([response.status, await response.text()]).toEqual([413, '{"message":"Request Entity Too Large"}'])
})

test('a body of 5 MB arrives complete', async () => {
  const url = await serving(aRoute('POST /big', (event) => String((event as APIGatewayProxyEventV2).body?.length)))

  const response = await fetch(`${url}/big`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: 'x'.repeat(5 * 1024 * 1024),
  })

  expect(await response.text()).toBe(String(5 * 1024 * 1024))
})
