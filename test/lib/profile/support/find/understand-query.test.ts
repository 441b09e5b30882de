import { describe, expect, test } from 'vitest'
import { understandQuery } from '../../../../../lib/profile/support/find/understand-query.ts'

const meaningOf = (text: string) => understandQuery(text).map(({ kind, id }) => `${kind} ${id}`)

describe('a search text', () => {
  test.each([
    ['89049032000001000000000000000123', ['eid 89049032000001000000000000000123']],
    ['8904 9032 0000 0100 0000 0000 0000 0123', ['eid 89049032000001000000000000000123']],
    ['8914800000000000017', ['iccid 8914800000000000017']],
    ['8914-8000-0000-0000-017F', ['iccid 8914800000000000017']],
    ['350000000000017', ['imei 350000000000017', 'imsi 350000000000017']],
    ['35-000000-000001-7', ['imei 350000000000017', 'imsi 350000000000017']],
    ['(555) 123-4567', ['mdn 5551234567', 'min 5551234567']],
    ['+1 555 123 4567', ['msisdn 15551234567', 'esn 15551234567']],
    ['a1000012345678', ['meid A1000012345678']],
    ['ICCID: 8914 8000 0000 0000 017', ['iccid 8914800000000000017']],
    ['mdn=+1 555 123 4567', ['msisdn 15551234567']],
    ['IMSI: 350000000000017', ['imsi 350000000000017']],
  ])('%s is read in any usual spelling', (text, meanings) => {
    expect(meaningOf(text)).toEqual(meanings)
  })

  const id = '0d1f2c3b-4a59-4687-9706-a5b4c3d2e1f0'
  test.each([id, id.toUpperCase(), id.replaceAll('-', ''), `{${id}}`, `urn:uuid:${id}`])(
    'the UUID %s may be a request of ours or of ThingSpace',
    (text) => {
      expect(meaningOf(text)).toEqual([`request ${id}`, `upstream ${id}`])
    },
  )

  test('a kind in front of an id decides between its meanings', () => {
    expect(meaningOf(`Request ID: ${id}`)).toEqual([`request ${id}`])
    expect(meaningOf(`upstreamRequestId=${id}`)).toEqual([`upstream ${id}`])
  })

  test.each(['', '   ', 'drop table; --', 'häß', '1234', '8914800000000000017 8914800000000000025', 'x'.repeat(65)])(
    '%j means nothing',
    (text) => {
      expect(understandQuery(text).filter(({ kind }) => kind !== 'request' && kind !== 'upstream')).toEqual([])
    },
  )
})
