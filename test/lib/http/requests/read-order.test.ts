import { describe, expect, test } from 'vitest'
import type { ApiEvent } from '../../../../lib/http/api-call.ts'
import { readCaller } from '../../../../lib/http/caller.ts'
import { ProblemError } from '../../../../lib/http/problem.ts'
import { readOrder } from '../../../../lib/http/requests/read-order.ts'
import { account, anAccess, localBody, submitEvent } from '../../../builders.ts'
import { aDevice } from '../../profile/records.ts'

const caller = readCaller({ iss: 'https://issuer.test', sub: 'app-1', accounts: '*' }, anAccess())
const orderOf = (event: ApiEvent, by = caller) => readOrder({ event, caller: by, httpRequestId: 'http-1' }).order

const problemOf = (event: ApiEvent, by = caller) => {
  try {
    orderOf(event, by)
  } catch (error) {
    if (error instanceof ProblemError) return { code: error.code, ...error.members }
    throw error
  }
  return undefined
}

test('a valid POST is read as an order of its caller', () => {
  expect(orderOf(submitEvent('disable', { ...localBody(), devices: [{ deviceIds: aDevice(0) }] }))).toEqual({
    action: 'disable',
    caller: 'https://issuer.test|sub:app-1',
    body: {
      family: 'local',
      families: ['local'],
      accountName: account,
      fields: { smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5' },
      devices: [aDevice(0)],
      deviceShape: 'deviceIds',
    },
  })
})

test.each(['Disable', 'unknown', '', 'constructor', '__proto__'])('the unknown action "%s" is refused', (action) => {
  expect(problemOf(submitEvent(action, localBody()))).toMatchObject({ code: 'unknown-action' })
})

test('a bad body is refused with its first error in words, the first twenty errors and their count', () => {
  const devices = Array.from({ length: 30 }, () => ({ deviceIds: [] }))
  const problem = problemOf(submitEvent('disable', localBody(1, { devices })))
  expect(problem).toMatchObject({
    code: 'invalid-body',
    detail: '/devices/0/deviceIds: deviceIds must hold at least one {kind, id}',
    errorCount: 30,
  })
  expect(problem?.errors).toHaveLength(20)
})

test('a body that is not an object is refused as a whole', () => {
  expect(problemOf(submitEvent('disable', [1]))).toMatchObject({
    code: 'invalid-body',
    detail: 'the body: the body must be a JSON object',
  })
})

test('another account is refused after the body has been validated', () => {
  const limited = readCaller({ sub: 'app-1', accounts: 'another' }, anAccess())
  expect(problemOf(submitEvent('disable', localBody()), limited)).toMatchObject({ code: 'account-not-allowed' })
  expect(problemOf(submitEvent('disable', localBody(0)), limited)).toMatchObject({ code: 'invalid-body' })
})

describe('the Idempotency-Key', () => {
  const keyed = (key: string) => submitEvent('disable', localBody(), { headers: { 'idempotency-key': key } })

  test.each([
    ['bare', '8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['quoted', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['with blanks around it', '  "key"  ', 'key'],
    ['with blanks inside', '"order 66"', 'order 66'],
    ['of one character', 'k', 'k'],
    ['of 255 characters', 'k'.repeat(255), 'k'.repeat(255)],
    ['of 255 characters in quotes', `"${'k'.repeat(255)}"`, 'k'.repeat(255)],
  ])('may be %s, and is read without quotes and surrounding spaces', (_about, header, key) => {
    expect(orderOf(keyed(header)).idempotencyKey).toBe(key)
  })

  test.each([
    ['empty', ''],
    ['blank', '   '],
    ['of nothing in quotes', '""'],
    ['of 256 characters', 'k'.repeat(256)],
    ['with a letter beyond ASCII', 'schlüssel'],
    ['with a control character', 'a\u0000b'],
    ['with a line break', '"a\nb"'],
    ['that is one quote', '"'],
    ['with a quote inside', 'a"b'],
    ['with a parameter', '"key";a=1'],
    ['that was sent twice', 'key,key'],
    ['that was sent twice in quotes', '"key","key"'],
  ])('%s is refused', (_about, header) => {
    expect(problemOf(keyed(header))).toMatchObject({ code: 'invalid-idempotency-key' })
  })

  test('may be absent', () => {
    expect(orderOf(submitEvent('disable', localBody()))).not.toHaveProperty('idempotencyKey')
  })
})
