import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ActionName } from '../../lib/profile/action-names.ts'
import { account, eidOf, iccidOf, imeiOf } from '../builders.ts'
import { createWorld } from '../fakes/world.ts'

/** Texts of any code units, halves of surrogate pairs among them. */
const anyText = fc.string({ unit: 'binary', maxLength: 12 })
const brokenText = fc.constantFrom('\ud800', 'a\udc00b', '\ud83d', '', '\u0000', '\uffff', '__proto__', "O'Hara")
const text = fc.oneof(anyText, brokenText)
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(2 ** 53, 1e308, 5e-324, -0))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
}))

const identifiers = fc.subarray(
  [
    { kind: 'eid', id: eidOf(1) },
    { kind: 'ICCID', id: iccidOf(1) },
    { kind: 'imei', id: imeiOf(1) },
    { kind: 'mdn', id: '5551234567' },
  ],
  { minLength: 1 },
)
const devices = fc.oneof(
  { weight: 8, arbitrary: identifiers.map((deviceIds) => [{ deviceIds }]) },
  { weight: 2, arbitrary: identifiers.map((ids) => [{ ids }]) },
  { weight: 2, arbitrary: identifiers.map((list) => [list]) },
  { weight: 2, arbitrary: identifiers },
  value,
)
const names = ['smsrOid', 'smrsOid', 'servicePlan', 'mdnZipCode', 'carrierName', 'reasonCode', 'etfwaiver', 'note']
const body = fc
  .tuple(devices, fc.dictionary(fc.oneof(text, fc.constantFrom(...names)), value, { maxKeys: 4 }), fc.boolean())
  .map(([list, members, isWhole]) => ({
    ...members,
    devices: list,
    ...(isWhole ? { accountName: account, smsrOid: '1.2.3' } : {}),
  }))

test('any order is accepted and forwarded as it came, or refused with the place of its fault', async () => {
  const seen = { accepted: 0, refused: 0 }
  const property = fc.asyncProperty(fc.constantFrom(...ActionName.options), body, async (action, order) => {
    const world = createWorld()
    // Whoever sends JSON has no other values than these.
    const sent = JSON.parse(JSON.stringify(order)) as Record<string, unknown>

    const answer = await world.submit(action, sent)

    if (answer.status === 202) {
      seen.accepted += 1
      const { devices: _devices, accountName, ...fields } = sent
      expect(world.thingSpace.accepted).toMatchObject([{ call: { accountName } }])
      expect(world.thingSpace.accepted[0]?.call.fields).toEqual(fields)
      const [requestId = ''] = world.requestIds()
      expect((await world.store.getRequest(requestId))?.fields).toEqual(fields)
    } else {
      seen.refused += 1
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-body' } })
      const { errors } = answer.body as { errors: { pointer: string }[] }
      expect(errors[0]?.pointer).toMatch(/^(\/|$)/)
      expect(world.items()).toEqual([])
    }
  })
  await fc.assert(property, { numRuns: 400 })
  expect(seen.accepted).toBeGreaterThan(20)
  expect(seen.refused).toBeGreaterThan(20)
})
