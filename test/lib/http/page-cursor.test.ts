import { expect, test } from 'vitest'
import { openCursor, sealCursor } from '../../../lib/http/page-cursor.ts'
import { fc } from '../../properties.ts'

const any = /^/
const filters = { accountName: '0000123456-00001', status: 'failed' }

test('a cursor continues the list that it came from', () => {
  fc.assert(
    fc.property(fc.string(), (position) => {
      expect(openCursor(sealCursor(position, filters), filters, any)).toBe(position)
    }),
    { numRuns: 50 },
  )
})

test('a cursor needs no encoding in a URL', () => {
  expect(sealCursor('2026-08-01T12:00:00.000Z#request-1 ?&', filters)).toMatch(/^[\w-]+$/)
})

test.each([
  { about: 'of another status', other: { ...filters, status: 'succeeded' } },
  { about: 'of another account', other: { ...filters, accountName: '0000654321-00001' } },
  { about: 'with an additional filter', other: { ...filters, action: 'disable' } },
  { about: 'without one of its filters', other: { accountName: filters.accountName } },
])('a cursor does not continue a list $about', ({ other }) => {
  expect(() => openCursor(sealCursor('5', filters), other, any)).toThrow('does not belong to this list')
})

test('an undefined filter is the same as no filter', () => {
  expect(openCursor(sealCursor('5', { ...filters, action: undefined }), filters, any)).toBe('5')
})

const sealed = sealCursor('5', filters)
test.each([
  '',
  'x',
  'null',
  sealed.slice(0, -4),
  sealed.slice(1),
  Buffer.from('{"cursor":"5"}').toString('base64url'),
  Buffer.from('{"cursor":5,"of":"x"}').toString('base64url'),
  Buffer.from('[]').toString('base64url'),
])('a malformed cursor is refused: %s', (text) => {
  expect(() => openCursor(text, filters, any)).toThrow('does not belong to this list')
})

test('any text is either refused or read as a cursor of this list', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => openCursor(text, filters, any)).toThrow('does not belong to this list')
    }),
    { numRuns: 200 },
  )
})

test('a forged position that no page of the list could have is refused', () => {
  const position = /^\d{1,5}$/
  expect(openCursor(sealCursor('99999', filters), filters, position)).toBe('99999')
  for (const forged of ['', '-1', '1e3', '100000', 'x', '5\n', '\u0000', '\ud83d']) {
    expect(() => openCursor(sealCursor(forged, filters), filters, position)).toThrow('does not belong to this list')
  }
})
