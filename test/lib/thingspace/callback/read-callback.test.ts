import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { NormalisedCallback } from '../../../../lib/profile/request/callback.ts'
import { readCallback } from '../../../../lib/thingspace/callback/read-callback.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/thingspace/callback.${name}.json`, import.meta.url), 'utf8')

function understood(text: string): NormalisedCallback {
  const reading = readCallback(text)
  if (reading.kind !== 'understood') throw new Error(`not understood: ${reading.reason}`)
  return NormalisedCallback.parse(reading.callback)
}

type Json = Record<string, unknown>
const profileMessage = (profile: Json, outer: Json = {}): Json => ({
  requestId: 'upstream-1',
  deviceIds: [{ id: '89049032000001000000000000000001', kind: 'eid' }],
  deviceResponse: { deviceProfileResponse: profile },
  ...outer,
})
const verdictOf = (message: Json) => {
  const reading = readCallback(JSON.stringify(message))
  return reading.kind === 'understood' ? reading.callback.verdict : reading.reason
}

describe('readCallback reads the documented callback', () => {
  test('of a successful download_enable without a status by its euiccStatus', () => {
    expect(understood(fixture('download_enable.success'))).toMatchObject({
      upstreamRequestId: '0ecf5171-cdfb-4d49-a6d3-f9347b73913d',
      identifiers: [
        { kind: 'iccid', id: '78425989148000000840' },
        { kind: 'eid', id: '678912789123453456784008666456' },
      ],
      verdict: 'succeeded',
      profileStatus: 'DOWNLOAD_ENABLE',
      state: 'Active',
      euicc: {
        status: 'EXECUTED_SUCCESS',
        code: '1.2.365',
        description: 'EUICC device profile has been updated',
      },
    })
  })

  test('of an unconfirmed download_enable as a warning, although its status is Success', () => {
    expect(understood(fixture('download_enable.warning'))).toMatchObject({
      identifiers: [
        { kind: 'imei', id: '666456789014008' },
        { kind: 'eid', id: '666456789123456789123456784008' },
      ],
      verdict: 'warning',
      status: 'Success',
      euicc: { status: 'EXECUTED_WITHWARNING', code: '8.2.1,3.9' },
    })
  })

  test('of a download_enable that succeeded after a warning, with the outer EID and the inner ICCID', () => {
    expect(understood(fixture('download_enable.success-after-warning'))).toMatchObject({
      identifiers: [
        { kind: 'imei', id: '666456789014008' },
        { kind: 'eid', id: '666456789123456789123456784008' },
        { kind: 'iccid', id: '11245059392641753151' },
      ],
      verdict: 'succeeded',
      note: 'the message names two EIDs; the outer one is kept',
    })
  })

  test('of disable, whose ICCID and MDN are in the inner collection only', () => {
    const callback = understood(fixture('disable.success'))

    expect(callback.identifiers.map(({ kind }) => kind)).toEqual(['imei', 'eid', 'iccid', 'mdn'])
    expect(callback).toMatchObject({ verdict: 'succeeded', profileStatus: 'disable', status: 'Success' })
    expect(callback.note).toBeUndefined()
  })

  test('of setfallbackattribute, with other casing, other names and counters as strings', () => {
    expect(understood(fixture('setfallbackattribute.success'))).toMatchObject({
      upstreamRequestId: '91a7ea23-90f2-411a-ad24-ceb1be8b0181',
      identifiers: [
        { kind: 'iccid', id: '55284624900048647048' },
        { kind: 'eid', id: '11906108505518561907896514974786' },
      ],
      verdict: 'succeeded',
      status: 'SUCCESS',
      euicc: { status: 'EXECUTED_SUCCESS', code: '1.2.365' },
    })
  })

  test('of a Global IoT download, without credentials and with four kinds and a role', () => {
    const reading = readCallback(fixture('global-download.success'))

    expect(reading.credentials).toBeUndefined()
    expect(understood(fixture('global-download.success'))).toMatchObject({
      verdict: 'succeeded',
      status: 'SUCCESS',
      state: 'ACTIVE',
      profileStatus: 'ENABLE',
      profileRole: 'LOCAL',
      identifiers: [{ kind: 'iccid' }, { kind: 'imei' }, { kind: 'eid' }, { kind: 'mdn' }],
    })
  })

  test('of a fault as failed; the action decides later what "already active" means', () => {
    expect(understood(fixture('fault.device-already-active'))).toMatchObject({
      verdict: 'failed',
      status: 'Failed',
      fault: { code: 'REQUEST_FAILED.DeviceAlreadyActive', message: 'REQUEST_FAILED. Device is already active' },
    })
  })

  test('of another service as no result for a profile', () => {
    expect(readCallback(fixture('other-service.change-identifier'))).toMatchObject({
      kind: 'not-understood',
      reason: 'other-service',
      credentials: { username: '', password: '' },
    })
  })
})

const everyDocumented = [
  'download_enable.success',
  'download_enable.warning',
  'download_enable.success-after-warning',
  'disable.success',
  'setfallbackattribute.success',
  'global-download.success',
  'fault.device-already-active',
]

describe.each(everyDocumented)('the callback %s has the same meaning', (name) => {
  const text = fixture(name)
  const reference = understood(text)
  const { raw: _raw, ...meaning } = reference
  const recased = (change: (name: string) => string): string =>
    JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([member, held]) => [change(member), held]))
        : value,
    )

  test.each([
    ['in capitals', (member: string) => member.toUpperCase()],
    ['in lower case', (member: string) => member.toLowerCase()],
    ['in Pascal case', (member: string) => member.charAt(0).toUpperCase() + member.slice(1)],
  ])('with member names %s', (_casing, change) => {
    expect(understood(recased(change))).toMatchObject(meaning)
  })

  test('without its first brace', () => {
    expect(understood(text.trimStart().slice(1))).toEqual(reference)
  })

  test('with a byte order mark and spaces around it', () => {
    expect(understood(`\uFEFF \n${text}\n\n`)).toEqual(reference)
  })

  test('with its objects as arrays of one element', () => {
    const message = JSON.parse(text)
    for (const member of ['deviceResponse', 'faultResponse', 'Data']) {
      if (member in message) message[member] = [message[member]]
    }
    if (message.deviceResponse) {
      message.deviceResponse[0].deviceProfileResponse = [message.deviceResponse[0].deviceProfileResponse]
    }
    if (message.Data) message.Data[0].Data = [message.Data[0].Data]

    const { digest: _digest, ...rest } = meaning
    expect(understood(JSON.stringify(message))).toMatchObject(rest)
  })

  test('without credentials, with another password and as a second delivery', () => {
    const message = JSON.parse(text)
    const counters = 'Data' in message ? message.Data.Data : message
    const first = 'Data' in message ? 'CallbackCount' : 'callbackCount'
    counters[first] = '2'
    message.password = 'another'
    const again = understood(JSON.stringify(message))
    delete message.username
    delete message.password

    expect(again.digest).toBe(reference.digest)
    expect(understood(JSON.stringify(message)).digest).toBe(reference.digest)
    expect(readCallback(JSON.stringify(message)).credentials).toBeUndefined()
  })
})

describe('the verdict of a callback', () => {
  test.each([
    ['EXECUTED_SUCCESS', 'succeeded'],
    ['executed_success', 'succeeded'],
    ['EXECUTED_WITHWARNING', 'warning'],
    ['Executed_WithWarning', 'warning'],
    ['FAILED', 'failed'],
    ['EXECUTED_FAILED', 'failed'],
    ['NOTEXECUTED', 'failed'],
    ['NOT_EXECUTED', 'failed'],
    ['DELIVEREDWITHNORESPONSE', 'failed'],
    ['EXPIRED', 'expired'],
    ['SOMETHING_NEW', 'no-verdict'],
  ])('with the euiccStatus %s and the status Success is %s', (euiccStatus, verdict) => {
    expect(verdictOf(profileMessage({ euiccStatus }, { status: 'Success' }))).toBe(verdict)
  })

  test('with an unknown euiccStatus and a failed status is failed', () => {
    expect(verdictOf(profileMessage({ euiccStatus: 'SOMETHING_NEW' }, { status: 'Failed' }))).toBe('failed')
  })

  test.each([
    ['Success', 'succeeded'],
    ['SUCCESS', 'succeeded'],
    ['Failed', 'failed'],
    ['Failure', 'failed'],
    ['Pending', 'no-verdict'],
    ['', 'no-verdict'],
    [null, 'no-verdict'],
  ])('with only the status %j is %s', (status, verdict) => {
    expect(verdictOf(profileMessage({ profileStatus: 'ENABLE' }, { status }))).toBe(verdict)
  })

  test.each([
    { euiccErrorCode: '8.2.1,3.9' },
    { euiccErrorDesc: 'why' },
    { euiccErrorCode: 8.2, profileStatus: 'Not Downloaded' },
  ])('with an eUICC error and no euiccStatus is failed: %j', (profile) => {
    expect(verdictOf(profileMessage(profile, { status: 'Success' }))).toBe('failed')
  })

  test('comes with the error code and text under either name', () => {
    const message = profileMessage({ euiccErrorCode: '8.2.1,3.9', euiccErrorDesc: 'why' })

    expect(understood(JSON.stringify(message)).euicc).toEqual({ code: '8.2.1,3.9', description: 'why' })
  })

  test.each([
    [{ faultcode: 'UnifiedWebService.REQUEST_FAILED.DeviceAlreadyActive' }, 'failed'],
    [{ faultcode: 'X.Y', faultstring: 'Profile is already suspended' }, 'failed'],
    [{ faultstring: 'Profile is already resumed' }, 'failed'],
    [{ faultstring: 'The profile is not already active' }, 'failed'],
    [{ faultcode: 'UnifiedWebService.REQUEST_ONHOLD.CreditCheck' }, 'warning'],
    [{ faultcode: 'UnifiedWebService.REQUEST_CANCELLED.CreditCheck' }, 'failed'],
    [{ faultcode: 'X.INPUT_INVALID.Device.Account.Invalid', faultactor: null, detail: null }, 'failed'],
  ])('with the fault %j is %s, whatever the status', (faultResponse, verdict) => {
    const message = { ...profileMessage({ euiccStatus: 'EXECUTED_SUCCESS' }), faultResponse }

    expect(verdictOf({ ...message, status: 'Success' })).toBe(verdict)
    expect(verdictOf({ ...message, status: 'Failed', deviceResponse: null })).toBe(verdict)
  })

  test.each([[null], [{}], [{ faultcode: '', faultstring: null }]])(
    'is not affected by the empty fault %j',
    (faultResponse) => {
      expect(verdictOf(profileMessage({ euiccStatus: 'EXECUTED_SUCCESS' }, { faultResponse }))).toBe('succeeded')
    },
  )

  test('is succeeded with a note if the address update failed', () => {
    const profile = { euiccStatus: 'EXECUTED_SUCCESS', euiccSubAddressUpdateStatus: 'EXECUTED_FAILED' }

    expect(understood(JSON.stringify(profileMessage(profile)))).toMatchObject({
      verdict: 'succeeded',
      note: 'the address update says EXECUTED_FAILED',
    })
  })

  test.each<[Json, Json, string]>([
    [{ euiccStatusCode: '8.2.1,3.9' }, { status: 'Success' }, 'code 8.2.1,3.9 is not known as a success'],
    [{ euiccStatusCode: 'E-17' }, { status: 'SUCCESS' }, 'code E-17 is not known as a success'],
    [{ euiccStatus: 'EXECUTED_SUCCESS', euiccStatusCode: '1.2,4.4' }, {}, 'code 1.2,4.4 is not known as a success'],
    [{ euiccStatus: 'EXECUTED_SUCCESS', euiccErrorDesc: 'why' }, {}, 'an eUICC error came with the success'],
    [{ euiccStatus: 'EXECUTED_SUCCESS' }, { status: 'Failed' }, 'status says failed beside a successful euiccStatus'],
  ])('is a warning if something contradicts the success: %j with %j', (profile, outer, note) => {
    expect(understood(JSON.stringify(profileMessage(profile, outer)))).toMatchObject({ verdict: 'warning', note })
  })

  test.each([
    [{ euiccStatusCode: '1.2.365' }, 'Success', 'succeeded'],
    [{ euiccStatusCode: '1.2.365' }, undefined, 'no-verdict'],
    [{ euiccStatusCode: '8.2.1,3.9' }, 'Failed', 'failed'],
    [{ euiccStatusCode: '8.2.1,3.9' }, undefined, 'no-verdict'],
  ])('with only the code in %j and the status %s is %s', (profile, status, verdict) => {
    expect(verdictOf(profileMessage(profile, { status }))).toBe(verdict)
  })

  test.each<[Json, string, string | undefined]>([
    [{ activateResponse: { state: 'Active' } }, 'succeeded', 'Active'],
    [{ activateResponse: { state: 'Pending activation' } }, 'no-verdict', undefined],
    [{ deactivateResponse: { deactivated: true } }, 'succeeded', 'deactivated'],
    [{ deactivateResponse: { deactivated: 'True' } }, 'succeeded', 'deactivated'],
    [{ deactivateResponse: { deactivated: false } }, 'no-verdict', undefined],
    [{ restoreResponse: { restored: 'true' }, suspendResponse: null }, 'succeeded', 'restored'],
    [{ suspendResponse: { expectedResumeDate: '2026-12-01' } }, 'no-verdict', undefined],
  ])("with the carrier's response %j and no status is %s", (deviceResponse, verdict, state) => {
    const message = profileMessage({}, { deviceResponse })

    expect(verdictOf(message)).toBe(verdict)
    expect(readCallback(JSON.stringify(message))).toMatchObject(state === undefined ? {} : { callback: { state } })
  })

  test('is not succeeded if the carrier reports that it did nothing, although the status is Success', () => {
    const deviceResponse = { deactivateResponse: { deactivated: 'false' } }

    expect(verdictOf(profileMessage({}, { deviceResponse, status: 'Success' }))).toBe('warning')
    expect(
      verdictOf(profileMessage({}, { deviceResponse, faultResponse: { faultcode: 'X.Y' }, status: 'Success' })),
    ).toBe('failed')
  })

  test.each<[unknown, unknown, string, Json | undefined]>([
    [
      { FaultCode: 'A.REQUEST_FAILED.X', FaultString: 'no' },
      'Success',
      'failed',
      { code: 'REQUEST_FAILED.X', message: 'no' },
    ],
    [{ Code: 'REQUEST_FAILED.X', Message: 'no' }, null, 'failed', { code: 'REQUEST_FAILED.X', message: 'no' }],
    ['The eUICC does not answer', null, 'failed', { code: 'unspecified', message: 'The eUICC does not answer' }],
    [{ Whatever: 7 }, 'SUCCESS', 'failed', { code: 'unspecified', message: '{"whatever":7}' }],
    [{}, 'SUCCESS', 'succeeded', undefined],
    [null, 'SUCCESS', 'succeeded', undefined],
    ['None', 'SUCCESS', 'succeeded', undefined],
    [null, null, 'no-verdict', undefined],
  ])('with the Pascal-case Fault %j and the Status %j is %s', (fault, status, verdict, words) => {
    const message = JSON.stringify({
      RequestId: 'upstream-1',
      Device: [{ Kind: 'Eid', Identifier: '89049032000001000000000000000001' }],
      Data: {
        Data: { DeviceProfileService: { Enable: { Comment: 'c' } }, Fault: fault, Status: status, Comment: null },
      },
    })

    expect(verdictOf(JSON.parse(message))).toBe(verdict)
    expect(readCallback(message)).toMatchObject(words === undefined ? {} : { callback: { fault: words } })
  })

  test.each([null, {}, { activateResponse: { servicePlan: 'p' } }, { deactivateDeviceResponse: {} }])(
    'of a CarrierService result with the deviceResponse %j depends on its status',
    (deviceResponse) => {
      expect(verdictOf(profileMessage({}, { deviceResponse, status: 'Success' }))).toBe('succeeded')
      expect(verdictOf(profileMessage({}, { deviceResponse, status: 'Failed' }))).toBe('failed')
      expect(verdictOf(profileMessage({}, { deviceResponse }))).toBe('no-verdict')
    },
  )
})

describe('empty members of a callback', () => {
  test.each([null, [], {}, '', ' ', { inner: null }, { inner: { more: [] } }])(
    'such as %j beside a response do not change its meaning',
    (nothing) => {
      const deviceResponse = {
        activateResponse: { state: 'active' },
        prlInformationResponse: nothing,
        smsDeliveryResponse: nothing,
        usageResponse: nothing,
        devices: nothing,
      }

      expect(verdictOf(profileMessage({}, { deviceResponse, status: 'Success' }))).toBe('succeeded')
      expect(verdictOf(profileMessage({}, { deviceResponse, status: 'Failed', faultResponse: nothing }))).toBe('failed')
    },
  )

  test('do not change the digest at a second delivery', () => {
    const message = profileMessage({ euiccStatus: 'EXECUTED_SUCCESS' })
    const again = { ...message, summary: null, comment: '', faultResponse: {} }

    expect(understood(JSON.stringify(again)).digest).toBe(understood(JSON.stringify(message)).digest)
  })
})

describe('a callback in an unusual encoding', () => {
  const message: Json = {
    username: 'u',
    password: 'drowssap',
    ...profileMessage({ euiccStatus: 'EXECUTED_SUCCESS', note: "isn't" }),
  }
  const json = JSON.stringify(message)
  const python = json
    .replaceAll("isn't", 'ISN')
    .replaceAll('"', "'")
    .replaceAll('ISN', "isn\\'t")
    .replace('}}', "},'comment':None,'final':True}")
  test.each([
    ['JSON in a JSON string', JSON.stringify(json)],
    ['JSON in a JSON string in a JSON string', JSON.stringify(JSON.stringify(json))],
    ['JSON in a JSON string without its quotes', JSON.stringify(json).slice(1, -1)],
    ['JSON in a JSON string without its first brace', JSON.stringify(json.slice(1))],
    ['percent-encoded JSON', encodeURIComponent(json)],
    ['JSON as the name of a form', `${encodeURIComponent(json)}=`],
    ['a form with the message as its one value', `payload=${encodeURIComponent(json)}`],
    [
      'a form with the message beside the credentials',
      `username=u&password=drowssap&data=${encodeURIComponent(json.replace('"username":"u","password":"drowssap",', ''))}`,
    ],
    [
      'a form of its members',
      new URLSearchParams(
        Object.entries(message).map(([name, value]): [string, string] => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      ).toString(),
    ],
    ['single quotes', python],
  ])('is read as the same message: %s', (_encoding, text) => {
    const reading = readCallback(text)

    expect(reading).toMatchObject({
      kind: 'understood',
      credentials: { username: 'u', password: 'drowssap' },
      callback: { upstreamRequestId: 'upstream-1', verdict: 'succeeded', identifiers: message['deviceIds'] },
    })
    expect(JSON.stringify(reading)).toContain("isn't")
    expect(reading.kind === 'understood' && reading.callback.raw).not.toContain('drowssap')
  })

  test.each([
    ['a name twice in a form', 'requestId=a&requestId=b&status=Failed', 'ambiguous-members'],
    ['a name twice in a JSON string', JSON.stringify('{"requestId":"a","requestId":"b"}'), 'ambiguous-members'],
    ['an apostrophe that ends a text early', "{'requestId':'a','x':'it's'}", 'not-json'],
    ['a JSON string that is no message', '"hello"', 'not-an-object'],
    [
      'a message in too many JSON strings',
      JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify('{}'))))),
      'not-an-object',
    ],
  ])('is not read if the encoding is ambiguous: %s', (_about, text, reason) => {
    expect(readCallback(text)).toMatchObject({ kind: 'not-understood', reason })
  })
})

describe('readCallback', () => {
  const text = `{"requestId":"upstream-1","status":"Failed","deviceIds":[{"id":"89049032000001000000000000000001","kind":"eid"}],
    "faultResponse":{"faultcode":"X.Y","faultstring":"a\\ud83d b"},"no\\udc00te":"\\ud83d"}`
  test.each([
    ['escaped', text],
    ['raw', text.replaceAll('\\ud83d', '\ud83d').replaceAll('\\udc00', '\udc00')],
    ['escaped twice', text.replaceAll('\\ud83d', '\\\\ud83d')],
  ])('replaces unpaired surrogates that are %s, so that every text can be stored', (_how, body) => {
    const callback = understood(body)

    expect(callback.fault).toEqual({ code: 'Y', message: 'a\ufffd b' })
    expect(Object.values(callback).filter((value) => typeof value === 'string' && !value.isWellFormed())).toEqual([])
  })

  test('does not cut texts within a character', () => {
    const callback = understood(
      JSON.stringify({ ...JSON.parse(text), faultResponse: { faultcode: 'X.Y', faultstring: `${'x'.repeat(999)}😀` } }),
    )

    expect(callback.fault?.message).toBe('x'.repeat(999))
  })
})

describe('readCallback does not understand a callback for the reason', () => {
  const device = { id: '89049032000001000000000000000001', kind: 'eid' }
  test.each<[string, unknown]>([
    ['list-result', { requestId: 'r', deviceIds: [device], status: 'Success', devices: [device] }],
    ['list-result', profileMessage({ devices: [], hasMoreData: false }, { status: 'Success' })],
    ['several-results', profileMessage({}, { status: 'Success', deviceResponse: [{}, {}] })],
    ['other-service', profileMessage({}, { status: 'Success', deviceResponse: { niddResponse: { message: 'aGk' } } })],
    ['no-request-id', { ...profileMessage({ euiccStatus: 'FAILED' }), requestId: '' }],
    ['no-request-id', { ...profileMessage({ euiccStatus: 'FAILED' }), requestId: 'a b' }],
    ['no-request-id', { hello: 'world' }],
    ['no-known-identifier', { requestId: 'r', status: 'Failed', deviceIds: [{ id: '1', kind: 'SEID' }] }],
    ['no-known-identifier', { requestId: 'r', status: 'Failed', deviceIds: [{ id: 'x'.repeat(65), kind: 'eid' }] }],
    ['no-known-identifier', { requestId: 'r', status: 'Failed', deviceIds: ['89049032000001000000000000000001'] }],
    ['no-known-identifier', { requestId: 'r', status: 'Failed', eid: '89049032000001000000000000000001' }],
    ['ambiguous-members', { ...profileMessage({ euiccStatus: 'FAILED' }), STATUS: 'Success', status: 'Failed' }],
    ['not-an-object', 7],
    ['not-an-object', []],
    ['not-an-object', [{}, {}]],
  ])('%s', (reason, message) => {
    expect(readCallback(JSON.stringify(message))).toMatchObject({ kind: 'not-understood', reason })
  })

  test.each([
    ['ambiguous-members', '{"requestId":"a","requestId":"b","deviceIds":[],"status":"Failed"}'],
    ['ambiguous-members', '{"__proto__":{"status":"Success"},"requestId":"a"}'],
    ['ambiguous-members', '{"requestId":"a","deviceCredential":{"a":1,"a":2}}'],
    ['too-deep', '['.repeat(17) + ']'.repeat(17)],
    ['too-deep', '{"a":'.repeat(30_000).slice(0, 60_000)],
    ['too-large', ' '.repeat(65_537)],
    ['not-json', ''],
    ['not-json', '<xml/>'],
    ['not-json', '{"requestId":"a"'],
    ['not-json', '"requestId":"a"'],
  ])('%s: %.40s', (reason, text) => {
    expect(readCallback(text)).toMatchObject({ kind: 'not-understood', reason })
  })
})

describe('the identifiers of a callback', () => {
  test('may be missing, and the callback is then about its request', () => {
    expect(understood('{"requestId":"r","status":"Failed","deviceIds":[]}')).toMatchObject({
      upstreamRequestId: 'r',
      identifiers: [],
      verdict: 'failed',
    })
  })

  test('may be numbers and keep every digit', () => {
    const text = `{"requestId":12345,"status":"Failed","deviceIds":[
      {"id":89148000000840784259,"kind":"ICCID"},{"id":2022326360,"kind":"mdn"},{"id":666456789014008,"kind":"Imei"}]}`

    expect(understood(text)).toMatchObject({
      upstreamRequestId: '12345',
      identifiers: [
        { kind: 'iccid', id: '89148000000840784259' },
        { kind: 'mdn', id: '2022326360' },
        { kind: 'imei', id: '666456789014008' },
      ],
    })
  })

  test('may be a single object instead of a list, and unknown kinds stay in the raw message', () => {
    const message = {
      ...profileMessage({ euiccStatus: 'FAILED', deviceIdentifierCollection: [{ kind: 'seid', id: '7' }, 5, null] }),
      deviceIds: { ID: ' 89148000000840784259 ', KIND: 'IccId' },
    }
    const callback = understood(JSON.stringify(message))

    expect(callback.identifiers).toEqual([{ kind: 'iccid', id: '89148000000840784259' }])
    expect(callback.raw).toContain('seid')
  })
})

describe('the credentials of a callback', () => {
  const message = profileMessage({ euiccStatus: 'FAILED' })

  test('are read with doubly escaped characters decoded', () => {
    expect(
      readCallback(JSON.stringify({ ...message, UserName: 'u', PASSWORD: 'cGFzcw\\u003d\\u003d' })).credentials,
    ).toEqual({ username: 'u', password: 'cGFzcw==' })
  })

  test('are a pair with an empty part if only one is present', () => {
    expect(readCallback(JSON.stringify({ ...message, password: 'p' })).credentials).toEqual({
      username: '',
      password: 'p',
    })
  })

  test('are removed from the raw message at any depth, like the credential of the line', () => {
    const { raw } = understood(fixture('disable.success'))

    expect(raw).not.toMatch(/username|password|deviceCredential|vzw4g/i)
    expect(JSON.parse(raw)).toHaveProperty('deviceResponse.deviceProfileResponse.profileStatus', 'disable')
  })
})
