import { describe, expect, test } from 'vitest'
import type { ApiAnswer } from '../../../lib/http/api-call.ts'
import { apiHandler } from '../../../lib/http/api-handler.ts'
import { scopes } from '../../../lib/http/access/scopes.ts'
import { Problem, problemBody, type ProblemCode, ProblemError, problems } from '../../../lib/http/problem.ts'
import type { Log } from '../../../lib/profile/ports.ts'
import { anAccess, apiEvent, context } from '../../builders.ts'

const keepingLog = () => {
  const lines: { level: string; message: string; fields?: unknown }[] = []
  const line = (level: string) => (message: string, fields?: unknown) => void lines.push({ level, message, fields })
  const log: Log = { info: line('info'), warn: line('warn'), error: line('error') }
  return { log, lines }
}

const event = apiEvent({ route: 'GET /v1/requests', httpRequestId: 'http-7', claims: { accounts: '[a]' } })

const call = async (route: () => ApiAnswer | Promise<ApiAnswer>) => {
  const { log, lines } = keepingLog()
  const answer = await apiHandler(async () => route(), { log, access: anAccess() })(event, context)
  return { ...answer, lines, problem: () => Problem.parse(JSON.parse(answer.body ?? '')) }
}

const failing = (error: unknown) =>
  call(() => {
    throw error
  })

describe('a response', () => {
  test('is JSON that must not be cached, with the id of the call', async () => {
    expect(await call(() => ({ status: 202, headers: { location: '/x' }, body: { a: 1 } }))).toMatchObject({
      statusCode: 202,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
        'request-id': 'http-7',
        location: '/x',
      },
      body: '{"a":1}',
    })
  })

  test('that is text keeps its body and content type', async () => {
    const answer = await call(() => ({ status: 200, headers: { 'content-type': 'text/csv' }, body: 'a,b\r\n' }))
    expect(answer).toMatchObject({ headers: { 'content-type': 'text/csv' }, body: 'a,b\r\n' })
  })

  test('may have no body', async () => {
    const answer = await call(() => ({ status: 304, headers: { etag: '"1"' } }))
    expect(answer.statusCode).toBe(304)
    expect(answer).not.toHaveProperty('body')
  })

  test('is given to a caller whose claims were read', async () => {
    let seen: unknown
    await apiHandler(
      async ({ caller, httpRequestId }) => {
        seen = { caller, httpRequestId }
        return { status: 204 }
      },
      { log: keepingLog().log, access: anAccess() },
    )(event, context)
    expect(seen).toEqual({
      caller: { id: 'https://issuer.test|sub:app-1', accounts: ['a'], scopes: [...scopes] },
      httpRequestId: 'http-7',
    })
  })
})

describe('a problem', () => {
  test.each(Object.keys(problems) as ProblemCode[])(
    "%s is answered with its status, its code and ThingSpace's member names",
    async (code) => {
      const answer = await failing(new ProblemError(code, { detail: 'why' }))
      expect(answer).toMatchObject({
        statusCode: problems[code].status,
        headers: { 'content-type': 'application/problem+json', 'request-id': 'http-7' },
      })
      expect(answer.problem()).toEqual({
        type: expect.stringMatching(new RegExp(`/${code}$`)),
        title: problems[code].title,
        status: problems[code].status,
        detail: 'why',
        instance: 'urn:request:http-7',
        code,
        retryable: problems[code].status >= 500,
        errorCode: `ProfileGateway.${code}`,
        errorMessage: 'why',
      })
    },
  )

  test("contains its details, and ThingSpace's error in ThingSpace's own members", () => {
    const members = {
      detail: 'ThingSpace refused the request; nothing was done',
      requestId: 'request-1',
      upstream: { status: 400, code: 'INPUT_INVALID.Request', message: 'no such ICCID' },
      errors: [{ pointer: '/devices', code: 'empty', detail: 'name one' }],
      errorCount: 1,
    }
    expect(problemBody('refused-by-thingspace', members, 'http-7')).toMatchObject({
      ...members,
      errorCode: 'INPUT_INVALID.Request',
      errorMessage: 'no such ICCID',
    })
  })

  test('that is temporary has a Retry-After', async () => {
    const answer = await failing(new ProblemError('not-stored', { detail: 'why' }))
    expect(answer.headers).toMatchObject({ 'retry-after': '5' })
  })

  test('is logged as a refusal and not as an error', async () => {
    const { lines } = await failing(new ProblemError('not-found', { detail: 'why' }))
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'info: call started',
      'info: call refused',
    ])
  })
})

describe('an unexpected error', () => {
  test.each([new Error('password=hush'), 'hush', undefined, { hush: true }])(
    '(%s) is answered with 500 without details',
    async (thrown) => {
      const answer = await failing(thrown)
      expect(answer.statusCode).toBe(500)
      expect(answer.problem()).toMatchObject({ code: 'internal-error', retryable: true })
      expect(answer.body).not.toContain('hush')
    },
  )

  test('is logged with its cause under the id of the call', async () => {
    const error = new Error('the cause')
    const { lines } = await failing(error)
    expect(lines).toContainEqual({ level: 'error', message: 'call failed', fields: { httpRequestId: 'http-7', error } })
  })
})
