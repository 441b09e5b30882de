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

describe('the documented messages', () => {
  test('download_enable, done: no status of its own, so euiccStatus decides', () => {
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

  test('download_enable, downloaded but not confirmed: a warning, although status says Success', () => {
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

  test('download_enable, done after a warning: the outer EID stands, the inner ICCID joins it', () => {
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

  test('disable: ICCID and MDN stand in the inner collection only', () => {
    const callback = understood(fixture('disable.success'))

    expect(callback.identifiers.map(({ kind }) => kind)).toEqual(['imei', 'eid', 'iccid', 'mdn'])
    expect(callback).toMatchObject({ verdict: 'succeeded', profileStatus: 'disable', status: 'Success' })
    expect(callback.note).toBeUndefined()
  })

  test('setfallbackattribute: another casing, other names, counts as strings', () => {
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

  test('Global IoT download: no credentials, four kinds, a role', () => {
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

  test('a fault is stored as failed: what "already active" means depends on the action', () => {
    expect(understood(fixture('fault.device-already-active'))).toMatchObject({
      verdict: 'failed',
      status: 'Failed',
      fault: { code: 'REQUEST_FAILED.DeviceAlreadyActive', message: 'REQUEST_FAILED. Device is already active' },
    })
  })

  test('a success of another service is not a verdict on a profile', () => {
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

describe.each(everyDocumented)('%s reads the same', (name) => {
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
  ])('%s', (_casing, change) => {
    expect(understood(recased(change))).toMatchObject(meaning)
  })

  test('without its first brace', () => {
    expect(understood(text.trimStart().slice(1))).toEqual(reference)
  })

  test('with a byte order mark and blanks around it', () => {
    expect(understood(`\uFEFF \n${text}\n\n`)).toEqual(reference)
  })

  test('with the objects as arrays of one', () => {
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

  test('without credentials, with another password, at its second delivery', () => {
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

describe('the verdict', () => {
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
  ])('euiccStatus %s under status Success is %s', (euiccStatus, verdict) => {
    expect(verdictOf(profileMessage({ euiccStatus }, { status: 'Success' }))).toBe(verdict)
  })

  test('an unknown euiccStatus does not hide a failure', () => {
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
  ])('status %j alone is %s', (status, verdict) => {
    expect(verdictOf(profileMessage({ profileStatus: 'ENABLE' }, { status }))).toBe(verdict)
  })

  test.each([
    { euiccErrorCode: '8.2.1,3.9' },
    { euiccErrorDesc: 'why' },
    { euiccErrorCode: 8.2, profileStatus: 'Not Downloaded' },
  ])('an eUICC error without a euiccStatus is a failure: %j', (profile) => {
    expect(verdictOf(profileMessage(profile, { status: 'Success' }))).toBe('failed')
  })

  test('error code and text are kept under either name', () => {
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
  ])('the fault %j is %s, whatever the status', (faultResponse, verdict) => {
    const message = { ...profileMessage({ euiccStatus: 'EXECUTED_SUCCESS' }), faultResponse }

    expect(verdictOf({ ...message, status: 'Success' })).toBe(verdict)
    expect(verdictOf({ ...message, status: 'Failed', deviceResponse: null })).toBe(verdict)
  })

  test.each([[null], [{}], [{ faultcode: '', faultstring: null }]])('the fault %j is none', (faultResponse) => {
    expect(verdictOf(profileMessage({ euiccStatus: 'EXECUTED_SUCCESS' }, { faultResponse }))).toBe('succeeded')
  })

  test('a failed address update is a note on the success', () => {
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
  ])('a success with something against it is not final: %j with %j', (profile, outer, note) => {
    expect(understood(JSON.stringify(profileMessage(profile, outer)))).toMatchObject({ verdict: 'warning', note })
  })

  test.each([
    [{ euiccStatusCode: '1.2.365' }, 'Success', 'succeeded'],
    [{ euiccStatusCode: '1.2.365' }, undefined, 'no-verdict'],
    [{ euiccStatusCode: '8.2.1,3.9' }, 'Failed', 'failed'],
    [{ euiccStatusCode: '8.2.1,3.9' }, undefined, 'no-verdict'],
  ])('the code in %j under status %s alone is %s', (profile, status, verdict) => {
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
  ])("the carrier's answer %j without a status is %s", (deviceResponse, verdict, state) => {
    const message = profileMessage({}, { deviceResponse })

    expect(verdictOf(message)).toBe(verdict)
    expect(readCallback(JSON.stringify(message))).toMatchObject(state === undefined ? {} : { callback: { state } })
  })

  test('a carrier that says it was not done is not overruled by status Success', () => {
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
  ])('the Pascal-case Fault %j beside Status %j is %s', (fault, status, verdict, words) => {
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
    'a CarrierService result with the deviceResponse %j is read by its status',
    (deviceResponse) => {
      expect(verdictOf(profileMessage({}, { deviceResponse, status: 'Success' }))).toBe('succeeded')
      expect(verdictOf(profileMessage({}, { deviceResponse, status: 'Failed' }))).toBe('failed')
      expect(verdictOf(profileMessage({}, { deviceResponse }))).toBe('no-verdict')
    },
  )
})

describe('members that say nothing', () => {
  test.each([null, [], {}, '', ' ', { inner: null }, { inner: { more: [] } }])(
    '%j beside an answer does not change how the answer is read',
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

  test('do not make a second delivery another message', () => {
    const message = profileMessage({ euiccStatus: 'EXECUTED_SUCCESS' })
    const again = { ...message, summary: null, comment: '', faultResponse: {} }

    expect(understood(JSON.stringify(again)).digest).toBe(understood(JSON.stringify(message)).digest)
  })
})

describe('a known encoding', () => {
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
  ])('is read as the message it is: %s', (_encoding, text) => {
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
      'wrapped too often',
      JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify('{}'))))),
      'not-an-object',
    ],
  ])('is not guessed at: %s', (_about, text, reason) => {
    expect(readCallback(text)).toMatchObject({ kind: 'not-understood', reason })
  })
})

describe('unpaired surrogates', () => {
  const text = `{"requestId":"upstream-1","status":"Failed","deviceIds":[{"id":"89049032000001000000000000000001","kind":"eid"}],
    "faultResponse":{"faultcode":"X.Y","faultstring":"a\\ud83d b"},"no\\udc00te":"\\ud83d"}`
  test.each([
    ['escaped', text],
    ['raw', text.replaceAll('\\ud83d', '\ud83d').replaceAll('\\udc00', '\udc00')],
    ['escaped twice', text.replaceAll('\\ud83d', '\\\\ud83d')],
  ])('%s are replaced, so that every text can be stored', (_how, body) => {
    const callback = understood(body)

    expect(callback.fault).toEqual({ code: 'Y', message: 'a\ufffd b' })
    expect(Object.values(callback).filter((value) => typeof value === 'string' && !value.isWellFormed())).toEqual([])
  })

  test('texts are not cut within a character', () => {
    const callback = understood(
      JSON.stringify({ ...JSON.parse(text), faultResponse: { faultcode: 'X.Y', faultstring: `${'x'.repeat(999)}😀` } }),
    )

    expect(callback.fault?.message).toBe('x'.repeat(999))
  })
})

describe('what is not understood', () => {
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

describe('identifiers', () => {
  test('may be missing: the message speaks of its request', () => {
    expect(understood('{"requestId":"r","status":"Failed","deviceIds":[]}')).toMatchObject({
      upstreamRequestId: 'r',
      identifiers: [],
      verdict: 'failed',
    })
  })

  test('numbers are texts, and none loses a digit', () => {
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

  test('a single id may stand where a list should, and unknown kinds are left in raw', () => {
    const message = {
      ...profileMessage({ euiccStatus: 'FAILED', deviceIdentifierCollection: [{ kind: 'seid', id: '7' }, 5, null] }),
      deviceIds: { ID: ' 89148000000840784259 ', KIND: 'IccId' },
    }
    const callback = understood(JSON.stringify(message))

    expect(callback.identifiers).toEqual([{ kind: 'iccid', id: '89148000000840784259' }])
    expect(callback.raw).toContain('seid')
  })
})

describe('credentials', () => {
  const message = profileMessage({ euiccStatus: 'FAILED' })

  test('come out as they are, doubly escaped characters undone', () => {
    expect(
      readCallback(JSON.stringify({ ...message, UserName: 'u', PASSWORD: 'cGFzcw\\u003d\\u003d' })).credentials,
    ).toEqual({ username: 'u', password: 'cGFzcw==' })
  })

  test('one of the two is a pair with an empty half', () => {
    expect(readCallback(JSON.stringify({ ...message, password: 'p' })).credentials).toEqual({
      username: '',
      password: 'p',
    })
  })

  test('are gone from raw at any depth, and so is the credential of the line', () => {
    const { raw } = understood(fixture('disable.success'))

    expect(raw).not.toMatch(/username|password|deviceCredential|vzw4g/i)
    expect(JSON.parse(raw)).toHaveProperty('deviceResponse.deviceProfileResponse.profileStatus', 'disable')
  })
})
