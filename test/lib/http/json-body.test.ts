import { describe, expect, test } from 'vitest'
import { maximumBodyBytes, readJsonBody } from '../../../lib/http/json-body.ts'
import { ProblemError } from '../../../lib/http/problem.ts'
import { apiEvent } from '../../builders.ts'

const read = (body: string | undefined, { type = 'application/json', base64 = false } = {}) =>
  readJsonBody({
    ...apiEvent({ route: 'POST /', headers: { 'content-type': type }, ...(body === undefined ? {} : { body }) }),
    isBase64Encoded: base64,
  })

/** The code of the problem that reading throws. */
const refusal = (reading: () => unknown) => {
  try {
    return reading()
  } catch (error) {
    return error instanceof ProblemError ? error.code : error
  }
}

describe('the content type', () => {
  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    ' application/json ;charset=utf-8',
    'application/vnd.verizon+json',
    'application/merge-patch+json',
  ])('%s is JSON', (type) => {
    expect(read('{"a":1}', { type })).toEqual({ a: 1 })
  })

  test.each([
    '',
    'text/plain',
    'application/jsonp',
    'application/xml',
    'text/json',
    'application/x-www-form-urlencoded',
  ])('"%s" is not', (type) => {
    expect(refusal(() => read('{"a":1}', { type }))).toBe('unsupported-media-type')
  })

  test('is needed', () => {
    const { 'content-type': _type, ...headers } = apiEvent({ route: 'POST /' }).headers
    expect(refusal(() => readJsonBody({ ...apiEvent({ route: 'POST /', body: '{}' }), headers }))).toBe(
      'unsupported-media-type',
    )
  })
})

describe('the size', () => {
  /** A JSON text of exactly so many bytes. */
  const ofBytes = (bytes: number, letter = 'x') => {
    const width = Buffer.byteLength(letter)
    return `"${letter.repeat(Math.floor((bytes - 2) / width))}${'x'.repeat((bytes - 2) % width)}"`
  }

  test('may be 5 MiB, and no byte more', () => {
    expect(read(ofBytes(maximumBodyBytes))).toHaveLength(maximumBodyBytes - 2)
    expect(refusal(() => read(ofBytes(maximumBodyBytes + 1)))).toBe('body-too-large')
  })

  test('is counted in bytes, not in letters', () => {
    const text = ofBytes(maximumBodyBytes + 1, '€')
    expect(text.length).toBeLessThan(maximumBodyBytes / 2)
    expect(refusal(() => read(text))).toBe('body-too-large')
  })

  test('is that of the body itself, however API Gateway packed it', () => {
    const packed = Buffer.from(ofBytes(maximumBodyBytes)).toString('base64')
    expect(read(packed, { base64: true })).toHaveLength(maximumBodyBytes - 2)
  })
})

describe('the text', () => {
  test('may be packed as base64', () => {
    expect(read(Buffer.from('{"a":"é"}').toString('base64'), { base64: true })).toEqual({ a: 'é' })
  })

  test.each(['', '{', "{'a': 1}", '{"a": 1,}', 'undefined', '{"a":1} {"b":2}'])('%s is no JSON', (text) => {
    expect(refusal(() => read(text))).toBe('malformed-json')
  })

  test('is needed', () => {
    expect(refusal(() => read(undefined))).toBe('malformed-json')
  })

  test('is not repeated in the refusal', () => {
    expect(() => read('{"secret": hush')).toThrow(/^malformed-json: the body could not be parsed$/)
  })

  test('that names __proto__ changes no prototype', () => {
    const body = read('{"__proto__": {"polluted": true}}')
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
    expect({}).not.toHaveProperty('polluted')
  })

  test('may be nested as deeply as its size allows', () => {
    const depth = 1_000_000
    expect(() => read(`${'['.repeat(depth)}${']'.repeat(depth)}`)).not.toThrow()
  })
})
