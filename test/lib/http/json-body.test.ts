import { describe, expect, test } from 'vitest'
import { maximumBodyBytes, readJsonBody } from '../../../lib/http/json-body.ts'
import { ProblemError } from '../../../lib/http/problem.ts'
import { apiEvent } from '../../builders.ts'
import { cpuMilliseconds } from '../../cpu-milliseconds.ts'
import { fc } from '../../properties.ts'

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

describe('the content type of a body', () => {
  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    ' application/json ;charset=utf-8',
    'application/vnd.verizon+json',
    'application/merge-patch+json',
  ])('%s is accepted as JSON', (type) => {
    expect(read('{"a":1}', { type })).toEqual({ a: 1 })
  })

  test.each([
    '',
    'text/plain',
    'application/jsonp',
    'application/xml',
    'text/json',
    'application/x-www-form-urlencoded',
  ])('"%s" is refused', (type) => {
    expect(refusal(() => read('{"a":1}', { type }))).toBe('unsupported-media-type')
  })

  test('is required', () => {
    const { 'content-type': _type, ...headers } = apiEvent({ route: 'POST /' }).headers
    expect(refusal(() => readJsonBody({ ...apiEvent({ route: 'POST /', body: '{}' }), headers }))).toBe(
      'unsupported-media-type',
    )
  })
})

describe('the size of a body', () => {
  /** A JSON text of exactly this many bytes. */
  const ofBytes = (bytes: number, letter = 'x') => {
    const width = Buffer.byteLength(letter)
    return `"${letter.repeat(Math.floor((bytes - 2) / width))}${'x'.repeat((bytes - 2) % width)}"`
  }

  test('is limited to exactly 5 MiB', () => {
    expect(read(ofBytes(maximumBodyBytes))).toHaveLength(maximumBodyBytes - 2)
    expect(refusal(() => read(ofBytes(maximumBodyBytes + 1)))).toBe('body-too-large')
  })

  test('is counted in bytes and not in characters', () => {
    const text = ofBytes(maximumBodyBytes + 1, '€')
    expect(text.length).toBeLessThan(maximumBodyBytes / 2)
    expect(refusal(() => read(text))).toBe('body-too-large')
  })

  test('is that of the decoded body', () => {
    const packed = Buffer.from(ofBytes(maximumBodyBytes)).toString('base64')
    expect(read(packed, { base64: true })).toHaveLength(maximumBodyBytes - 2)
  })
})

describe('the text of a body', () => {
  test('may be encoded as base64', () => {
    expect(read(Buffer.from('{"a":"é"}').toString('base64'), { base64: true })).toEqual({ a: 'é' })
  })

  test.each(['', '{', "{'a': 1}", '{"a": 1,}', 'undefined', '{"a":1} {"b":2}'])(
    'such as %s is refused as malformed JSON',
    (text) => {
      expect(refusal(() => read(text))).toBe('malformed-json')
    },
  )

  test('is required', () => {
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

/** The errors of a text that is refused. */
const faultsOf = (text: string) => {
  try {
    read(text)
    return []
  } catch (error) {
    return error instanceof ProblemError ? (error.members.errors ?? []) : [error]
  }
}

/** Texts with every construct that has a meaning in JSON. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ':', ',', '1', '-') }),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, false, 0, 1e21, 5e-324, Number.MAX_VALUE, 2 ** 53),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}))
const indents = fc.constantFrom(undefined, 1, '\n\t\r ')

describe('the check for data that JSON.parse would lose', () => {
  test('accepts any text that names each member once', () => {
    const property = fc.property(value, indents, (whole, indent) => {
      // The second spelling has no negative zero.
      const written = JSON.stringify(JSON.parse(JSON.stringify(whole)), undefined, indent)
      expect(read(written)).toEqual(JSON.parse(written))
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test('reports the place of any name that one object has twice', () => {
    const name = fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme' })
    // Longer than any name, so that no random name can be the one that is replaced.
    const marker = '%'.repeat(6)
    const property = fc.property(
      fc.array(fc.oneof(name, fc.nat(5)), { maxLength: 5 }),
      name,
      value,
      indents,
      (path, twice, other, indent) => {
        const marked = path.reduceRight<unknown>(
          (inner, at) =>
            typeof at === 'number' ? [...Array.from({ length: at }, () => 1), inner, 2] : { [at]: inner },
          { [twice]: 1, [marker]: other },
        )
        const escaped = `"${[...Array.from({ length: twice.length }).keys()].map((at) => `\\u${twice.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
        const written = JSON.stringify(marked, undefined, indent).replace(`"${marker}"`, escaped)
        const steps = [...path, twice].map((at) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`)
        expect(faultsOf(written)).toMatchObject([{ pointer: steps.join(''), code: 'named-twice' }])
      },
    )
    fc.assert(property, { numRuns: 1000 })
  })

  test('reports the place of any number that would be sent as another one', () => {
    const digits = fc.string({ unit: fc.nat(9).map(String), minLength: 1, maxLength: 24 })
    const exponent = fc.option(fc.integer({ min: -400, max: 400 }), { nil: undefined })
    const property = fc.property(fc.boolean(), digits, fc.option(digits, { nil: undefined }), exponent, (...parts) => {
      const [isNegative, digitsBefore, fraction, power] = parts
      const whole = digitsBefore.replace(/^0+(?=.)/, '')
      const tail = `${fraction === undefined ? '' : `.${fraction}`}${power === undefined ? '' : `E${power}`}`
      const number = `${isNegative ? '-' : ''}${whole}${tail}`
      const sent = JSON.stringify(Number(number))
      expect(faultsOf(`{"a":[${number}]}`)).toMatchObject(
        isSame(number, sent) ? [] : [{ pointer: '/a/0', code: 'inexact-number' }],
      )
    })
    fc.assert(property, { numRuns: 2000 })
  })

  test.each(['1.0', '1e2', '-0.10', '100000000000000000000000', '1E+2', '1e-7', '0.0', '0e999', '123456789012345.6'])(
    'accepts %s, which keeps its value',
    (number) => {
      expect(read(number)).toBe(Number(number))
    },
  )

  test.each(['-0', '-0.0e5', '1e400', '1e-400', '0.1234567890123456789', '123456789012345678901234567890'])(
    'refuses %s, which is another number in JavaScript',
    (number) => {
      expect(faultsOf(`[${number}]`)).toMatchObject([{ pointer: '/0', code: 'inexact-number' }])
    },
  )

  test('counts all losses and names the first twenty', () => {
    const reading = () => read(`[${Array.from({ length: 100 }, () => '1e400').join(',')}]`)

    expect(reading).toThrow(expect.objectContaining({ members: expect.objectContaining({ errorCount: 100 }) }))
    expect(faultsOf(`[${Array.from({ length: 100 }, () => '1e400').join(',')}]`)).toHaveLength(20)
  })

  test.each([
    ['digits', (size: number) => `1${'0'.repeat(size)}.${'0'.repeat(size)}1`],
    ['faults at a great depth', (size: number) => `${'['.repeat(size)}1e400${']'.repeat(size)}`],
    ['faults side by side', (size: number) => `${'[1e400'.repeat(size / 4)}${',1e400]'.repeat(size / 4)}`],
    ['names that all differ', (size: number) => `{${Array.from({ length: size / 8 }, (_, at) => `"${at}":1`).join()}}`],
    [
      'a name that is there over and over',
      (size: number) => `{${Array.from({ length: size / 4 }, () => '"a":1').join()}}`,
    ],
    ['backslashes', (size: number) => `"${'\\\\'.repeat(size)}"`],
  ])('takes time proportional to the text: %s', (_what, textOf) => {
    const cost = (size: number) => {
      const given = textOf(size)
      return cpuMilliseconds(() => void faultsOf(given))
    }
    cost(100_000)

    // A quadratic pass would take minutes.
    expect(cost(1_000_000)).toBeLessThan(3000)
  })
})

/** Whether two numbers have the same value, computed with integers of any size. */
function isSame(one: string, other: string): boolean {
  if (other === 'null' || one.startsWith('-') !== other.startsWith('-')) return false
  const parts = [one, other].map((number) => {
    const [mantissa = '', power = '0'] = number.toLowerCase().split('e')
    const [whole = '', fraction = ''] = mantissa.split('.')
    return { digits: BigInt(whole + fraction), power: Number(power) - fraction.length }
  })
  const least = Math.min(...parts.map(({ power }) => power))
  const [first, second] = parts.map(({ digits, power }) => digits * 10n ** BigInt(power - least))
  return first === second
}
