import { expect, test } from 'vitest'
import { ActionName } from '../../lib/profile/order/action-names.ts'
import { account, eidOf, iccidOf, imeiOf } from '../builders.ts'
import { createWorld } from '../fakes/world.ts'
import { fc } from '../properties.ts'

/** Texts of any code units, including halves of surrogate pairs. */
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

/** The outcome of an order, in a form in which any order has one of two results. */
async function becameOf(action: ActionName, sent: Record<string, unknown>) {
  const world = createWorld()
  const answer = await world.submit(action, sent)
  const [requestId = ''] = world.requestIds()
  const { errors } = answer.body as { errors?: { pointer: string }[] }
  return {
    status: answer.status,
    forwarded: world.thingSpace.accepted.map(({ call }) => call.fields),
    kept: (await world.store.getRequest(requestId))?.fields,
    stored: world.items().length > 0,
    hasPointer: /^(\/|$)/.test(errors?.[0]?.pointer ?? 'none'),
  }
}

test('submit-profile-action accepts any order and forwards it unchanged, or refuses it with the place of the error', async () => {
  const seen = new Map<number, number>()
  const property = fc.asyncProperty(fc.constantFrom(...ActionName.options), body, async (action, order) => {
    // JSON has no other values than these.
    const sent = JSON.parse(JSON.stringify(order)) as Record<string, unknown>

    const result = await becameOf(action, sent)

    seen.set(result.status, (seen.get(result.status) ?? 0) + 1)
    const { devices: _devices, accountName: _accountName, ...fields } = sent
    const accepted = { status: 202, forwarded: [fields], kept: fields, stored: true, hasPointer: false }
    const refused = { status: 400, forwarded: [], kept: undefined, stored: false, hasPointer: true }
    expect(result).toEqual(result.status === 202 ? accepted : refused)
  })
  await fc.assert(property, { numRuns: 400 })
  expect(seen.get(202)).toBeGreaterThan(20)
  expect(seen.get(400)).toBeGreaterThan(20)
})
