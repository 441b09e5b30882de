import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, expect, expectTypeOf, test, vi } from 'vitest'
import { createLog } from '../../lib/log.ts'
import { type Fields, reservedFields } from '../../lib/profile/ports.ts'
import { eidOf, iccidOf } from '../builders.ts'
import type { LogMessage } from '../../lib/profile/log-messages.ts'

afterEach(() => vi.restoreAllMocks())

/** Everything that the log of a function prints. */
function printed(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
  }
  write(createLog({ level: 'INFO', service: 'test', namespace: 'test', sampleRate: 0 }))
  return lines.join('')
}

test.each([
  { key: `DEV#eid#${eidOf(7)} 2026-08-01T12:00:00.000Z#request-1#00000`, shown: 'DEV#eid#...0007 2026' },
  { key: `TSR#upstream-1 D#eid:${eidOf(7)}#iccid:${iccidOf(7)}`, shown: 'D#eid:...0007#iccid:...0007' },
  { key: 'DEV#mdn#5551234567 x', shown: 'DEV#mdn#...4567 x' },
  { key: 'ORPHANS#meid#A000000009ABCD', shown: 'ORPHANS#meid#...ABCD' },
  { key: `the device ${iccidOf(7)} is unknown`, shown: 'the device ...0007 is unknown' },
])('the log masks an identifier except for its last four digits: $shown', ({ key, shown }) => {
  const item = { Item: { id: { S: eidOf(7) } }, CancellationReasons: [{ Item: { id: { S: eidOf(7) } } }] }
  const cause = Object.assign(new Error(key), item)
  const text = printed((log) => {
    // The messages of the code are fixed texts. The log masks them all the same.
    log.info(key as LogMessage, { key, keys: [key] })
    log.warn(key as LogMessage, { key })
    log.error('call failed', { key, nested: { key }, error: Object.assign(new Error(key, { cause }), item) })
  })
  expect(text).toContain('"call failed"')
  for (const id of [eidOf(7), iccidOf(7), '5551234567', 'A000000009ABCD']) expect(text).not.toContain(id)
  expect(text.split(shown).length).toBeGreaterThan(8)
})

test('the log shows account names, request ids, times and counts in full', () => {
  const fields = {
    accountName: '0000123456-00001',
    requestId: '57a6353e-7ec5-8cc7-af0f-123456789012',
    at: '2026-08-01T12:00:00.000Z',
    ageSeconds: 12345678901,
  }
  const text = printed((log) => log.info('request recorded', fields))
  expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject(fields)
})

test('the compiler refuses log fields whose names the logger reserves', () => {
  const constants = join(import.meta.dirname, '../../node_modules/@aws-lambda-powertools/logger/lib/cjs/constants.js')
  const { ReservedKeys } = createRequire(import.meta.url)(constants) as { ReservedKeys: string[] }
  expect([...reservedFields].toSorted()).toEqual(ReservedKeys.toSorted())
  expectTypeOf<{ callbackService: string }>().toExtend<Fields>()
  expectTypeOf<{ service: string }>().not.toExtend<Fields>()
  expectTypeOf<{ message: string }>().not.toExtend<Fields>()
})
