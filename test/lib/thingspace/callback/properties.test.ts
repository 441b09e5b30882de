import { describe, expect, test } from 'vitest'
import { NormalisedCallback } from '../../../../lib/profile/request/callback.ts'
import { readCallback } from '../../../../lib/thingspace/callback/read-callback.ts'
import { redactText } from '../../../../lib/thingspace/callback/redact.ts'
import { fc } from '../../../properties.ts'

const sentinel = 'hush-4711'

const anyCase = (word: string): fc.Arbitrary<string> =>
  fc.array(fc.boolean(), { minLength: word.length, maxLength: word.length }).map((upper) =>
    word
      .split('')
      .map((letter, at) => (upper[at] ? letter.toUpperCase() : letter.toLowerCase()))
      .join(''),
  )

const secretMember = fc.tuple(
  fc.constantFrom('username', 'password', 'deviceCredential').chain(anyCase),
  fc.constantFrom<unknown>(sentinel, { password: sentinel }, { any: [sentinel] }, [sentinel], `"\\${sentinel}`),
)

/** Any JSON with secrets in its objects. */
const { strewn } = fc.letrec((tie) => ({
  strewn: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom<unknown>(null, 1, true, 'text', 'Success'),
    fc.array(tie('strewn'), { maxLength: 3 }),
    fc
      .tuple(
        fc.array(
          fc.tuple(fc.constantFrom('requestId', 'status', 'deviceIds', 'deviceResponse', 'Data', 'x'), tie('strewn')),
          { maxLength: 4 },
        ),
        fc.array(secretMember, { maxLength: 2 }),
      )
      .map(([members, secrets]) => Object.fromEntries([...members, ...secrets])),
  ),
}))

const message = fc.record({
  requestId: fc.uuid(),
  deviceIds: fc.constant([{ id: '89049032000001000000000000000001', kind: 'Eid' }]),
  deviceResponse: fc.record({
    deviceProfileResponse: fc.record({
      euiccStatus: fc.constantFrom('EXECUTED_SUCCESS', 'EXECUTED_WITHWARNING', 'FAILED'),
      profileStatus: fc.string(),
      deviceCredential: fc.constantFrom({}, { username: sentinel, password: sentinel }),
    }),
  }),
  status: fc.constantFrom('Success', 'Failed'),
  callbackCount: fc.oneof(fc.nat(), fc.nat().map(String)),
  maxCallbackThreshold: fc.nat(),
  username: fc.string(),
  password: fc.constant(sentinel),
})

/** The same JSON with the members of every object in another order. */
function shuffled(value: unknown, order: (count: number) => number): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => shuffled(element, order))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, held]) => ({ name, held: shuffled(held, order), at: order(1000) }))
  members.sort((one, other) => one.at - other.at)
  return Object.fromEntries(members.map(({ name, held }) => [name, held]))
}

const digestOf = (value: unknown): string => {
  const reading = readCallback(JSON.stringify(value))
  return reading.kind === 'understood' ? reading.callback.digest : reading.reason
}

describe('the digest of a callback', () => {
  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(message, fc.infiniteStream(fc.nat({ max: 999 })), (one, numbers) => {
        const other = shuffled(one, () => numbers.next().value ?? 0)
        expect(digestOf(other)).toBe(digestOf(one))
        expect(digestOf(one)).toMatch(/^[\da-f]{64}$/)
      }),
    )
  })

  test('does not depend on credentials and delivery counters', () => {
    fc.assert(
      fc.property(message, message, (one, { username, callbackCount, maxCallbackThreshold }) => {
        const again = { ...one, username, password: 'changed', callbackCount, maxCallbackThreshold }
        expect(digestOf(again)).toBe(digestOf(one))
      }),
    )
  })

  test('depends on the content', () => {
    fc.assert(
      fc.property(message, message, (one, other) => {
        fc.pre(one.requestId !== other.requestId)
        expect(digestOf({ ...one, requestId: other.requestId })).not.toBe(digestOf(one))
      }),
    )
  })
})

describe('readCallback, for any text,', () => {
  test('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 500 }), fc.json()), (text) => {
        const reading = readCallback(text)
        expect(reading.kind === 'not-understood' || NormalisedCallback.safeParse(reading.callback).success).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('keeps no credential, whether the text can be parsed or not', () => {
    fc.assert(
      fc.property(strewn, fc.nat(), fc.boolean(), (value, cut, isCut) => {
        const json = JSON.stringify(value)
        const text = isCut ? json.slice(0, cut % (json.length + 1)) : json
        const { credentials: _credentials, ...kept } = readCallback(text)
        expect(JSON.stringify(kept)).not.toContain(sentinel)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('a callback that cannot be parsed', () => {
  test.each([
    `password=${sentinel}`,
    `{"password" : "${sentinel}`,
    `{"password:"${sentinel}"}`,
    `{'password':'${sentinel}'}`,
    `{password: ${sentinel}}`,
    `<password>${sentinel}</password>`,
    `{\\"password\\":\\"${sentinel}\\"}`,
    `{"pass\\u0077ord":"${sentinel}"`,
    `%70assword=${sentinel}`,
    `{"deviceCredential":{"user":"${sentinel}","more":{"x":"${sentinel}"}}`,
    `{"deviceCredential":["${sentinel}"`,
    Buffer.from(JSON.stringify({ requestId: 'x'.repeat(60), password: sentinel })).toString('base64'),
  ])('contains no credential after redaction: %s', (text) => {
    const kept = redactText(text)

    expect(kept).not.toContain(sentinel)
    expect(kept).not.toContain(Buffer.from(sentinel).toString('base64').slice(0, 8))
  })

  test('is kept whole, so that it can be read again', () => {
    const json = `{"password":${sentinel.length},"x":"${'y'.repeat(20_000)}","deviceCredential":{"a":["${sentinel}"]},"requestId":"r-1","end":1`
    const kept = redactText(json)

    expect(kept).not.toContain(sentinel)
    expect(JSON.parse(`${kept}}`)).toEqual({
      password: '[removed]',
      x: 'y'.repeat(20_000),
      deviceCredential: '[removed]',
      requestId: 'r-1',
      end: 1,
    })
  })

  test.each([
    `{"passwd":"${sentinel}","pwd":"${sentinel}","client_secret":"${sentinel}","credentials":{"pass":"${sentinel}"}}`,
    `{"text":"{\\"password\\":\\"${sentinel}\\"}","api-key":"${sentinel}","access_token":"${sentinel}"}`,
    `{"Authorization":"Basic ${sentinel}","note":"sent with Bearer ${sentinel}xyz","x":"password=${sentinel}&y=1"}`,
    `{"message":"pass\\\\u0077ord\\\\u003d${sentinel}"}`,
  ])('with %s contains no credential after redaction, parsed or not', (text) => {
    const reading = readCallback(text)
    const { credentials: _credentials, ...kept } = reading

    expect(JSON.stringify(kept)).not.toContain(sentinel)
    expect(redactText(text)).not.toContain(sentinel)
    expect(redactText(text.slice(0, -1))).not.toContain(sentinel)
  })

  test('keeps the parts that help to understand it', () => {
    expect(redactText('{"username":"u","password":"p","requestId":"r-1","status":"Success",}')).toBe(
      '{"username":"[removed]","password":"[removed]","requestId":"r-1","status":"Success",}',
    )
  })
})
