import { afterEach, describe, expect, test } from 'vitest'
import { functionServer } from '../../local/http-api/function-route.ts'
import { jwtAuthorizer } from '../../local/http-api/jwt-authorizer.ts'
import { type RunningHttpApi, startHttpApi } from '../../local/http-api/server.ts'
import { headers as answerHeaders } from '../../lib/openapi/headers.ts'
import { deploymentWith } from '../deployment.ts'
import { aFunction, noTrace, region } from './builders.ts'

const origin = 'https://console.example.com'
const corsOrigins = `${origin},http://localhost:5173`

let api: RunningHttpApi | undefined
afterEach(async () => api?.stop())

const routesOf = ({ functions }: ReturnType<typeof deploymentWith>) => functions.flatMap(({ routes }) => routes)

/** The deployed routes. Each answers its event, with a header that API Gateway must drop. */
async function serving(params: Readonly<Record<string, string>>): Promise<string> {
  const deployment = deploymentWith(params)
  const authorizer = jwtAuthorizer({ issuer: 'http://127.0.0.1:1', audience: ['any'] })
  const invoke = aFunction(() => ({ statusCode: 200, headers: { 'access-control-allow-origin': '*' }, body: '{}' }))
  api = await startHttpApi({ port: 0, trace: noTrace })
  const routes = routesOf(deployment).map(({ method, path, authorizer: rule }) => ({
    method,
    path,
    authorization: rule === undefined ? undefined : { authorizer, scopes: [] },
    serve: functionServer(invoke, region),
  }))
  api.serve(routes, deployment.resources.cors)
  return api.url
}

const preflight = (url: string, from = origin, method = 'POST') =>
  fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  })

describe('CORS', () => {
  test.each(routesOf(deploymentWith({})))('allows a named origin to call $method $path', async ({ method, path }) => {
    const url = await serving({ corsOrigins })

    const answer = await preflight(url + path.replaceAll(/\{\w+\}/g, 'x'), origin, method)

    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    expect(answer.headers.get('access-control-allow-methods')?.split(',')).toContain(method)
    expect(answer.headers.get('access-control-allow-headers')?.split(',')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'prefer']),
    )
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test.each(['https://evil.example', `${origin}.evil.example`, 'null', `${origin}:8443`, 'http://console.example.com'])(
    'does not allow the origin %s',
    async (other) => {
      const url = await serving({ corsOrigins })
      const answer = await preflight(`${url}/v1/requests`, other)
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, null])
      const read = await fetch(`${url}/health`, { headers: { origin: other } })
      expect(read.headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  test('lets a page read every header that the answers of the API have', async () => {
    const url = await serving({ corsOrigins })
    const answer = await fetch(`${url}/health`, { headers: { origin: 'http://localhost:5173' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:5173')
    const exposed = answer.headers.get('access-control-expose-headers')?.split(',') ?? []
    const names = Object.values(answerHeaders).map((header) => String(header.meta()?.header?.id).toLowerCase())
    // A page may read Cache-Control without that.
    expect(names.filter((name) => !exposed.includes(name))).toEqual(['cache-control'])
  })

  test('does not replace the token: a call from a named origin without one is 401', async () => {
    const url = await serving({ corsOrigins })
    expect((await fetch(`${url}/v1/requests`, { headers: { origin } })).status).toBe(401)
  })

  test('is off if no origin is named: a preflight is answered like any unknown route', async () => {
    const url = await serving({})
    expect((await preflight(`${url}/v1/requests`)).status).toBe(404)
    expect(
      (await fetch(`${url}/health`, { headers: { origin } })).headers.get('access-control-expose-headers'),
    ).toBeNull()
  })

  test.each(['*', 'https://*', 'https://*.example.com'])('is refused for the origin %s', (all) => {
    expect(() => deploymentWith({ corsOrigins: all })).toThrow('must name an origin')
  })
})
