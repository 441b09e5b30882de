import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { scrubMessage, withoutServiceName } from '../../../../lib/thingspace/answer/error-body.ts'
import { readAnswer, submissionOutcome } from '../../../../lib/thingspace/answer/errors.ts'
import { retryAfterSeconds } from '../../../../lib/thingspace/answer/retry-after.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/thingspace/${name}`, import.meta.url), 'utf8')
const api = (errorCode: string, errorMessage = 'why') => JSON.stringify({ errorCode, errorMessage })
const fault = (code: string | number) => JSON.stringify({ fault: { code, message: 'm', description: 'd' } })

/** The outcome, or the credential that must be renewed. */
function classOf(status: number, body: string, headers: Record<string, string> = {}) {
  const answer = { status, headers, body }
  const reading = readAnswer(answer, now)
  return reading.kind === 'credential' ? reading : submissionOutcome(answer, reading)
}

describe('a success response', () => {
  test('with a request id is an acceptance', () => {
    expect(classOf(200, fixture('answer.download_enable.json'))).toEqual({
      kind: 'accepted',
      upstreamRequestId: '0ecf5171-cdfb-4d49-a6d3-f9347b73913d',
    })
  })

  test('with a request id is an acceptance under any success status and with undocumented members', () => {
    expect(classOf(202, '{"requestId":"r-1","more":[1]}')).toMatchObject({ kind: 'accepted' })
  })

  test.each(['', '{"requestId":"0ecf', '{}', '[]', 'null', '<html></html>', '{"requestId":""}', '{"requestId":7}'])(
    'with status 200 and the body %j has an unknown outcome',
    (body) => {
      expect(classOf(200, body)).toEqual({ kind: 'unknown', cause: 'unreadable-answer', error: { status: 200 } })
    },
  )

  test('with a request id is an acceptance even if it mentions sessions', () => {
    expect(classOf(200, '{"requestId":"r-1","errorCode":"X.REQUEST_FAILED.SessionToken.Expired"}')).toMatchObject({
      kind: 'accepted',
    })
  })
})

describe('a response about credentials', () => {
  test.each([
    [401, fixture('error.gateway.401-wrong-or-expired-bearer.json'), 'access-token'],
    [401, fixture('error.gateway.401-missing-basic.json'), 'access-token'],
    [403, fault(900908), 'access-token'],
    [401, '', 'access-token'],
    [401, api('401'), 'access-token'],
    [401, '<ams:fault xmlns:ams="x"><ams:code>900901</ams:code></ams:fault>', 'access-token'],
    [401, api('UnifiedWebService.REQUEST_FAILED.Whatever'), 'session'],
    [400, api('UnifiedWebService.REQUEST_FAILED.SessionToken.Expired'), 'session'],
    [400, api('OtherService.INPUT_INVALID.SessionToken.Invalid'), 'session'],
    [400, api('REQUEST_FAILED.SessionToken.Expired'), 'session'],
    [401, api('UnifiedWebService.REQUEST_FAILED.SessionToken.Format'), 'session'],
    [200, api('UnifiedWebService.REQUEST_FAILED.SessionToken.Expired'), 'session'],
    [500, api('UnifiedWebService.REQUEST_FAILED.SessionToken.Expired'), 'session'],
  ])('%i %s requires a new %s', (status, body, credential) => {
    expect(classOf(status, body)).toMatchObject({ kind: 'credential', credential })
  })
})

describe('a response that proves that the request was not accepted', () => {
  test.each([
    [429, '', 'throttled'],
    [503, fault('900800'), 'throttled'],
    [403, fault('900804'), 'throttled'],
    [503, '<html>maintenance</html>', 'unavailable'],
    [503, '', 'unavailable'],
    [503, fault('900907'), 'unavailable'],
    [404, '<html><h1>Not Found</h1></html>', 'unavailable'],
    [403, '', 'unavailable'],
    [404, '{"message":"Not Found"}', 'unavailable'],
    [404, '{"timestamp":1,"status":404,"error":"Not Found","path":"/x"}', 'unavailable'],
    [413, '', 'unavailable'],
    [422, 'not json', 'unavailable'],
  ])('%i %s is classified as %s', (status, body, cause) => {
    expect(classOf(status, body, { 'retry-after': '17' })).toMatchObject({
      kind: 'not-accepted',
      cause,
      retryAfterSeconds: 17,
    })
  })

  test('has no retry delay without a Retry-After', () => {
    expect(classOf(404, '')).toEqual({ kind: 'not-accepted', cause: 'unavailable', error: { status: 404 } })
  })
})

describe('a refusal', () => {
  test.each([
    [400, api('UnifiedWebService.REQUEST_FAILED.UnexpectedError'), 'REQUEST_FAILED.UnexpectedError'],
    [400, api('UnifiedWebService.INPUT_INVALID.Device.Kind.Invalid'), 'INPUT_INVALID.Device.Kind.Invalid'],
    [400, fixture('error.api.template.json'), 'error code string'],
    [400, api('400'), '400'],
    [400, '{"errorCode":400,"errorMessage":null}', '400'],
    [400, fixture('error.gateway.400-wrong-path.json'), '900906'],
    [404, fixture('error.gateway.400-wrong-path.json'), '900906'],
    [403, fixture('error.gateway.403-wrong-authentication.xml'), '404'],
    [400, '{"error":"invalid_request","error_description":"Missing grant_type"}', 'invalid_request'],
    [400, '\ufeff{"ErrorCode":"X.REQUEST_FAILED.Y","ErrorMessage":"why"}', 'REQUEST_FAILED.Y'],
  ])('is read from %i %s', (status, body, code) => {
    const outcome = classOf(status, body)

    expect(outcome).toMatchObject({ kind: 'refused', error: { status } })
    expect('error' in outcome ? outcome.error.code : 'none').toBe(code)
  })
})

describe('an unknown outcome', () => {
  test.each([500, 502, 504, 408, 301, 304, 599])('is read from %i', (status) => {
    expect(classOf(status, '<html><h1>Bad Gateway</h1></html>')).toEqual({
      kind: 'unknown',
      cause: 'server-error',
      error: { status, message: 'Bad Gateway' },
    })
  })
})

describe('a 503', () => {
  test.each([
    ['nothing else', '', {}],
    ['a page', '<html>maintenance</html>', {}],
    ["ThingSpace's own error", api('503'), { 'retry-after': '5' }],
    ['a fault of the connection to what lies behind', fault('101503'), { 'retry-after': '5' }],
    [
      'a connection that was closed',
      'upstream connect error or disconnect/reset before headers',
      { 'retry-after': '5' },
    ],
    ['a time-out', '<html>Backend timed out</html>', { 'retry-after': '5' }],
  ])('with %s does not prove that the request was not accepted', (_about, body, headers) => {
    expect(classOf(503, body, headers)).toMatchObject({ kind: 'unknown', cause: 'server-error' })
  })
})

describe('an expired session', () => {
  test.each([
    [400, api('400', 'The Session has expired.')],
    [400, '{"errorCode":400,"errorMessage":"Session token is invalid"}'],
    [401, api('401', 'The VZ-M2M-Token is missing')],
    [403, api('403', 'session timed out')],
    [400, api('UnifiedWebService.REQUEST_FAILED.UnexpectedError', 'REQUEST_FAILED. The session has expired')],
  ])('is recognised by the message if the code is not specific: %i %s', (status, body) => {
    expect(classOf(status, body)).toMatchObject({ kind: 'credential', credential: 'session' })
  })

  test.each([
    [400, api('400', 'The plan has expired.')],
    [400, api('UnifiedWebService.INPUT_INVALID.Device.Kind.Invalid', 'invalid kind in this session')],
    [400, api('400', 'session')],
  ])('is not recognised in another message: %i %s', (status, body) => {
    expect(classOf(status, body)).toMatchObject({ kind: 'refused' })
  })
})

describe('a success response without a plain request id', () => {
  test.each(['\ufeff{"requestId":"r-1"}', '{"RequestId":"r-1"}', ' {"REQUESTID":"r-1","x":null}'])(
    'is an acceptance if it contains %j',
    (body) => {
      expect(classOf(200, body)).toEqual({ kind: 'accepted', upstreamRequestId: 'r-1' })
    },
  )

  test('keeps its error message in the unknown outcome', () => {
    expect(classOf(200, api('UnifiedWebService.REQUEST_FAILED.UnexpectedError', 'why'))).toEqual({
      kind: 'unknown',
      cause: 'unreadable-answer',
      error: { status: 200, code: 'REQUEST_FAILED.UnexpectedError', message: 'why' },
    })
  })
})

test.each([
  [400, 'X.INPUT_INVALID.NumberofDevices'],
  [400, 'X.INPUT_INVALID.MaxRequestsExceeded'],
  [413, 'X.INPUT_INVALID.MaxRequestsExceeded'],
])('a refusal of the number of devices (%i %s) may be solved by a smaller submission', (status, code) => {
  expect(classOf(status, api(code))).toMatchObject({ kind: 'refused', mayBlameOneDevice: true })
})

describe('Retry-After', () => {
  test.each([
    ['120', 120],
    [' 0 ', 0],
    ['999999999', 86_400],
    ['Sun, 01 Mar 2026 12:01:30 GMT', 90],
    ['Sunday, 01-Mar-26 12:01:30 GMT', 90],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    [undefined, undefined],
  ])('%j is read as %j seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds)
  })
})

describe('an error of ThingSpace', () => {
  test.each([
    ['UnifiedWebService.REQUEST_FAILED.DeviceNotFound', 'REQUEST_FAILED.DeviceNotFound'],
    ['REQUEST_FAILED.DeviceNotFound', 'REQUEST_FAILED.DeviceNotFound'],
    ['UnifiedWebService.DeserializationFailed', 'DeserializationFailed'],
    ['DeserializationFailed', 'DeserializationFailed'],
    ['400', '400'],
  ])('with the code %s is shown as %s', (code, expected) => {
    expect(withoutServiceName(code)).toBe(expected)
  })

  test('has a message of one short line without anything that looks like a credential', () => {
    const message = scrubMessage(
      'Session token bcce3ea6-fe4f-4952-bacf-eadd80718e83 of\r\nBearer abcdef0123456789 and password="drowssap"' +
        'x'.repeat(2000),
    )

    expect(message.length).toBeLessThanOrEqual(300)
    expect(message).not.toMatch(/[\r\n]|bcce3ea6|abcdef0123456789|drowssap/)
  })
})
