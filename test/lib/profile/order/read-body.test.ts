import { describe, expect, test } from 'vitest'
import { ActionName } from '../../../../lib/profile/order/action-names.ts'
import { actions } from '../../../../lib/profile/order/actions.ts'
import { packDevices, unpackDevices } from '../../../../lib/profile/request/manifest.ts'
import { maximumDevices } from '../../../../lib/profile/order/device-list.ts'
import { type BodyReading, readBody } from '../../../../lib/profile/order/read-body.ts'
import { account, eidOf, iccidOf, imeiOf, localBody, someDevices } from '../../../builders.ts'
import { fc } from '../../../properties.ts'
import { anyDevice } from '../arbitraries.ts'

const eid = (id = eidOf(1)) => ({ kind: 'eid', id })
const iccid = (id = iccidOf(1)) => ({ kind: 'iccid', id })
const imei = (id = imeiOf(1)) => ({ kind: 'imei', id })

/** A body of devices with these identifiers, and these members. */
const bodyOf = (identifiers: { kind: string; id: unknown }[], members: Record<string, unknown> = {}) => ({
  devices: [{ deviceIds: identifiers }],
  accountName: account,
  ...members,
})
const smsrOid = '1.3.6.1.4.1.31746.1.500.200.101.5'

const read = (action: ActionName, body: unknown): BodyReading => readBody(actions[action], body)

describe('readBody', () => {
  test.each([
    [
      ['eid', 'iccid'],
      ['imei', 'eid'],
    ],
    [
      ['imei', 'eid'],
      ['eid', 'iccid'],
    ],
  ])('assigns devices with %j and %j to the family that admits both, in any order', (...kinds) => {
    const idOf: Record<string, { kind: string; id: string }[]> = { eid: [eid()], iccid: [iccid()], imei: [imei()] }
    const devices = kinds.map((names, index) => ({
      deviceIds: names.map((name) => (name === 'eid' ? eid(eidOf(index + 1)) : idOf[name]![0])),
    }))
    const reading = readBody(actions.deactivate, { devices, accountName: account })
    expect(reading).toMatchObject({ kind: 'valid', body: { family: 'device' }, warnings: [] })
  })

  test('refuses a device that is named once with and once without its IMEI', () => {
    const devices = [{ deviceIds: [eid(), iccid()] }, { deviceIds: [imei(), iccid(), eid()] }]
    const reading = readBody(actions.download, { devices, accountName: account, servicePlan: 'plan' })
    expect(reading).toMatchObject({ kind: 'invalid', faults: [{ pointer: '/devices/1', code: 'duplicate-device' }] })
  })

  test.each([
    ['ids', (deviceIds: unknown) => [{ ids: deviceIds }]],
    ['lists', (deviceIds: unknown) => [deviceIds]],
    ['flat', (deviceIds: unknown) => deviceIds],
  ])('reads devices written as %s like those with deviceIds, and keeps the shape', (deviceShape, write) => {
    const usual = bodyOf([eid(), iccid()], { reasonCode: 'FF', etfWaiver: true })
    const reading = read('deactivate', usual)
    const other = read('deactivate', { ...usual, devices: write(usual.devices[0]?.deviceIds) })
    expect(reading).toMatchObject({ kind: 'valid', body: { deviceShape: 'deviceIds' } })
    expect(other).toEqual({ ...reading, body: { ...(reading as { body: object }).body, deviceShape } })
  })

  test.each(['EID', 'eId', 'Eid'])('accepts an identifier kind in any casing: %s', (kind) => {
    expect(read('device_suspend', bodyOf([{ kind, id: eidOf(1) }]))).toMatchObject({
      body: { devices: [[{ kind: 'eid', id: eidOf(1) }]] },
    })
  })

  test('treats a MEID in upper and lower case as one device', () => {
    const meids = ['a000000009abcd', 'A000000009ABCD'].map((id) => ({ deviceIds: [{ kind: 'MEID', id }] }))
    expect(read('activate', { devices: meids, accountName: account })).toMatchObject({
      faults: [{ pointer: '/devices/1', code: 'duplicate-device' }],
    })
  })

  test('treats two ICCIDs of 20 digits that differ in the last digit as two devices', () => {
    const cards = ['89148000001234567890', '89148000001234567897'].map((id) => ({ deviceIds: [eid(), iccid(id)] }))
    expect(read('disable', { ...localBody(1), devices: cards })).toMatchObject({ kind: 'valid' })
  })

  test('accepts ten thousand devices', () => {
    expect(read('disable', localBody(maximumDevices))).toMatchObject({ kind: 'valid', body: { family: 'local' } })
  })

  test('treats one EID with two profiles as two devices', () => {
    const twice = [1, 2].map((index) => ({ deviceIds: [eid(), iccid(iccidOf(index))] }))
    expect(read('disable', localBody(1, { devices: twice }))).toMatchObject({ kind: 'valid' })
  })
})

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
const sixKilobytes = 'x'.repeat(6 * 1024)

const ownProto = (text: string): unknown => JSON.parse(text)

type BadBody = { about: string; action: ActionName; body: unknown; faults: [pointer: string, code: string][] }

const bad: BadBody[] = [
  ...[null, undefined, 'text', 7, true, [localBody()]].map((body) => ({
    about: `${JSON.stringify(body)?.slice(0, 12)} is no object`,
    action: 'disable' as const,
    body,
    faults: [['', 'not-an-object'] as [string, string]],
  })),
  ...[
    ['enable', 'smrsOid'],
    ['enable', 'smsr_oid'],
    ['enable', 'SMSROID'],
    ['download_enable', 'smrsOis'],
    ['download_enable', 'smsrId'],
    ['download_enable', 'smsr'],
    ['enable', 'smsrOidValue'],
    ['delete', 'SmrsObjectId'],
    ['deactivate', 'ETFWaiver'],
    ['deactivate', 'reasonCodes'],
    ['activate', 'servicePlane'],
    ['activate', 'mdnZipcode'],
    ['activate', 'carierName'],
    ['activate', 'acountName'],
    ['activate', 'AccountName'],
    ['activate', 'device'],
    ['activate', 'Devices'],
    ['activate', 'deviceIds'],
  ].map(([action = '', name = '']) => ({
    about: `the member ${name}, a typing error`,
    action: action as ActionName,
    body: bodyOf([eid(), iccid()], { [name]: 'text' }),
    faults: [[`/${name}`, 'unknown-member'] as [string, string]],
  })),
  {
    about: 'a typing error in a required member, with an error for both names',
    action: 'disable',
    body: { devices: someDevices(1), accountName: account, smrsOid: smsrOid },
    faults: [
      ['/smsrOid', 'required'],
      ['/smrsOid', 'unknown-member'],
    ],
  },
  {
    about: 'one member in two spellings',
    action: 'deactivate',
    body: bodyOf([eid(), iccid()], { etfWaiver: true, etfwaiver: false }),
    faults: [['/etfwaiver', 'named-twice']],
  },
  {
    about: 'a member named __proto__',
    action: 'disable',
    body: ownProto(`{"__proto__": {"smsrOid": "1.2.3"}, ${JSON.stringify(localBody()).slice(1)}`),
    faults: [['/__proto__', 'unknown-member']],
  },
  {
    about: 'a device whose identifiers hide in __proto__',
    action: 'disable',
    body: localBody(1, {
      devices: [ownProto(`{"__proto__": ${JSON.stringify(someDevices(1)[0])}}`)],
    }),
    faults: [
      ['/devices/0/__proto__', 'unknown-member'],
      ['/devices/0/deviceIds', 'required'],
    ],
  },
  {
    about: 'a wrong text deep inside an object',
    action: 'activate',
    body: bodyOf([eid()], { primaryPlaceOfUse: { address: { addressLine1: '1 Main St', zip: 8608 } } }),
    faults: [['/primaryPlaceOfUse/address/zip', 'invalid']],
  },
  {
    about: 'a wrong text deep inside arrays',
    action: 'activate',
    body: bodyOf([eid()], {
      primaryPlaceOfUse: [{ customerName: [{ lastName: 'Lovelace' }, { lastName: "O'Hara" }] }],
    }),
    faults: [['/primaryPlaceOfUse/0/customerName/1/lastName', 'invalid']],
  },
  {
    about: 'a place that is not an object',
    action: 'activate',
    body: bodyOf([eid()], { primaryPlaceOfUse: { address: 'Main Street' } }),
    faults: [['/primaryPlaceOfUse/address', 'invalid']],
  },
  ...[
    {
      about: 'half of a surrogate pair in a known text',
      member: { servicePlan: 'a\ud800' },
      fault: ['/servicePlan', 'malformed-text'],
    },
    {
      about: 'half of a surrogate pair in the account name',
      member: { accountName: '\udc00' },
      fault: ['/accountName', 'malformed-text'],
    },
    {
      about: 'half of a surrogate pair deep in an unknown member',
      member: { note: { a: [1, '\ud83d'] } },
      fault: ['/note/a/1', 'malformed-text'],
    },
    {
      about: 'half of a surrogate pair in a name',
      member: { note: { '\ud83d': 1 } },
      fault: ['/note/\ufffd', 'unknown-member'],
    },
    { about: 'a nameless member', member: { '': 1 }, fault: ['/', 'unknown-member'] },
    { about: 'objects nine levels deep', member: { note: nested(9) }, fault: [`/note${'/a'.repeat(8)}`, 'too-deep'] },
    { about: 'a member of 9 KB', member: { note: 'x'.repeat(9 * 1024) }, fault: ['/note', 'too-large'] },
    {
      about: 'three members of 6 KB',
      member: { one: sixKilobytes, two: sixKilobytes, three: sixKilobytes },
      fault: ['/three', 'too-large'],
    },
    {
      about: '60 members',
      member: Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`member ${at}`, at])),
      fault: ['/member 49', 'too-many-members'],
    },
  ].map(({ about, member, fault: [pointer = '', code = ''] }) => ({
    about,
    action: 'download' as const,
    body: bodyOf([eid(), iccid()], member),
    faults: [[pointer, code] as [string, string]],
  })),
  {
    about: 'no smsrOid',
    action: 'disable',
    body: { devices: someDevices(1), accountName: account },
    faults: [['/smsrOid', 'required']],
  },
  {
    about: 'no accountName',
    action: 'disable',
    body: { devices: someDevices(1), smsrOid },
    faults: [['/accountName', 'required']],
  },
  ...["O'Hara", 'a<b', 'back\\slash', 'bell\u0007', '', 'x'.repeat(65)].map((accountName) => ({
    about: `the account name ${JSON.stringify(accountName).slice(0, 20)}`,
    action: 'disable' as const,
    body: localBody(1, { accountName }),
    faults: [['/accountName', 'invalid'] as [string, string]],
  })),
  {
    about: 'members of wrong types',
    action: 'deactivate',
    body: bodyOf([eid(), iccid()], { etfWaiver: 'false', reasonCode: 7 }),
    faults: [
      ['/etfWaiver', 'invalid'],
      ['/reasonCode', 'invalid'],
    ],
  },
  {
    about: 'a kind that no action accepts',
    action: 'deactivate',
    body: {
      devices: [{ deviceIds: [eid(), iccid()] }, { deviceIds: [{ kind: 'min', id: '5551234567' }, eid(eidOf(2))] }],
      accountName: account,
    },
    faults: [['/devices/1/deviceIds', 'wrong-identifier-kind']],
  },
  {
    about: 'an EID is missing',
    action: 'disable',
    body: localBody(1, { devices: [...someDevices(1), { deviceIds: [iccid(iccidOf(2))] }] }),
    faults: [['/devices/1/deviceIds', 'missing-identifier']],
  },
  {
    about: 'a kind that the body does not allow',
    action: 'disable',
    body: localBody(1, { devices: [{ deviceIds: [eid(), iccid(), imei()] }] }),
    faults: [['/devices/0/deviceIds', 'wrong-identifier-kind']],
  },
  {
    about: 'an unknown kind',
    action: 'device_suspend',
    body: bodyOf([eid(), { kind: 'serial', id: '1' }]),
    faults: [['/devices/0/deviceIds/1/kind', 'unknown-kind']],
  },
  {
    about: 'a kind twice',
    action: 'device_suspend',
    body: bodyOf([eid(), eid(eidOf(2))]),
    faults: [['/devices/0/deviceIds/1/kind', 'duplicate-kind']],
  },
  {
    about: 'an ICCID with a letter, as one error only',
    action: 'disable',
    body: localBody(1, { devices: [{ deviceIds: [eid(), iccid('8914800000084078425F')] }] }),
    faults: [['/devices/0/deviceIds/1/id', 'malformed-identifier']],
  },
  ...[
    ['eid', '1'.repeat(29)],
    ['eid', '1'.repeat(33)],
    ['iccid', '1'.repeat(17)],
    ['iccid', `${'1'.repeat(19)} `],
    ['iccid', `${'1'.repeat(19)}\n`],
    ['imei', '1'.repeat(13)],
    ['mdn', '123456789'],
    ['msisdn', '1234567890'],
    ['meid', 'g'.repeat(14)],
    ['eid', `${'1'.repeat(31)}\u0661`],
  ].map(([kind = '', id = '']) => ({
    about: `the ${kind} ${JSON.stringify(id)}`,
    action: 'activate' as const,
    body: bodyOf([{ kind, id }]),
    faults: [['/devices/0/deviceIds/0/id', 'malformed-identifier'] as [string, string]],
  })),
  {
    about: 'an id that is a number',
    action: 'device_suspend',
    body: bodyOf([eid(), { kind: 'imei', id: 990001131241920 }]),
    faults: [['/devices/0/deviceIds/1', 'not-an-identifier']],
  },
  {
    about: 'an identifier with a member too many',
    action: 'device_suspend',
    body: bodyOf([{ ...eid(), profile: 'x' } as { kind: string; id: string }]),
    faults: [['/devices/0/deviceIds/0/profile', 'unknown-member']],
  },
  {
    about: 'a device with a member too many',
    action: 'device_suspend',
    body: { devices: [{ deviceIds: [eid()], smsrOid }], accountName: account },
    faults: [['/devices/0/smsrOid', 'unknown-member']],
  },
  {
    about: 'a device with both spellings of its identifiers',
    action: 'device_suspend',
    body: { devices: [{ deviceIds: [eid()], ids: [eid()] }], accountName: account },
    faults: [['/devices/0/ids', 'unknown-member']],
  },
  {
    about: 'a device without identifiers',
    action: 'device_suspend',
    body: { devices: [{ deviceIds: [eid()] }, { deviceIds: [] }, {}, 'x'], accountName: account },
    faults: [
      ['/devices/1/deviceIds', 'required'],
      ['/devices/2/deviceIds', 'required'],
      ['/devices/3', 'not-an-object'],
    ],
  },
  {
    about: 'a device twice, its identifiers in another order and casing',
    action: 'disable',
    body: localBody(1, {
      devices: [
        ...someDevices(2),
        {
          deviceIds: [
            { kind: 'ICCID', id: iccidOf(1) },
            { kind: 'EID', id: eidOf(1) },
          ],
        },
      ],
    }),
    faults: [['/devices/2', 'duplicate-device']],
  },
  {
    about: 'no devices member',
    action: 'disable',
    body: { accountName: account, smsrOid },
    faults: [['/devices', 'required']],
  },
  {
    about: 'devices that are no list',
    action: 'disable',
    body: localBody(1, { devices: someDevices(1)[0] }),
    faults: [['/devices', 'not-an-array']],
  },
  {
    about: 'no devices in the list',
    action: 'disable',
    body: localBody(1, { devices: [] }),
    faults: [['/devices', 'empty']],
  },
  {
    about: '10,001 devices',
    action: 'disable',
    body: localBody(maximumDevices + 1),
    faults: [['/devices', 'too-many-devices']],
  },
]

const faultsOf = (reading: BodyReading) =>
  reading.kind === 'invalid' ? reading.faults.map(({ pointer, code }) => [pointer, code]) : reading.kind

describe('readBody refuses a bad body with the place and the reason of each error', () => {
  test.each(bad)('$action: $about', ({ action, body, faults }) => {
    const reading = read(action, body)
    expect(faultsOf(reading)).toEqual(faults)
    expect(reading).toMatchObject({ count: faults.length })
  })

  test('including errors of members and of devices in one answer', () => {
    const body = { devices: [{ deviceIds: [iccid('1')] }], accountName: account }
    expect(faultsOf(read('disable', body))).toEqual([
      ['/devices/0/deviceIds/0/id', 'malformed-identifier'],
      ['/smsrOid', 'required'],
      ['/devices/0/deviceIds', 'missing-identifier'],
    ])
  })

  test('of which the first twenty are listed and all are counted', () => {
    const devices = Array.from({ length: 500 }, (_, index) => ({ deviceIds: [eid(eidOf(index)), iccid('none')] }))
    const reading = read('disable', localBody(1, { devices }))
    expect(reading).toMatchObject({ kind: 'invalid', count: 500 })
    expect(faultsOf(reading)).toEqual(
      Array.from({ length: 20 }, (_, index) => [`/devices/${index}/deviceIds/1/id`, 'malformed-identifier']),
    )
  })

  test('in a text of limited size, however long the names in the body are', () => {
    const reading = read('disable', localBody(1, { ['x'.repeat(100_000)]: 1 }))
    expect(JSON.stringify(reading).length).toBeLessThan(1000)
  })
})

const warningsOf = (reading: BodyReading) =>
  reading.kind === 'valid' ? reading.warnings.map(({ pointer, code }) => [pointer, code]) : reading

describe('readBody accepts undocumented input with a warning', () => {
  test.each([
    ['an unknown member', 'disable', localBody(1, { priority: { level: 7 } }), ['/priority', 'unknown-member']],
    [
      'a known name with a further word',
      'download',
      bodyOf([eid(), iccid()], { servicePlanId: 7 }),
      ['/servicePlanId', 'unknown-member'],
    ],
    [
      'a member of another action',
      'disable',
      localBody(1, { servicePlan: 'plan' }),
      ['/servicePlan', 'unknown-member'],
    ],
    [
      'a name with a slash, by its escaped pointer',
      'disable',
      localBody(1, { 'a/b~c': 1 }),
      ['/a~1b~0c', 'unknown-member'],
    ],
    [
      'a member deep inside',
      'activate',
      bodyOf([eid()], { primaryPlaceOfUse: { address: { zipCode: '08608' } } }),
      ['/primaryPlaceOfUse/address/zipCode', 'unknown-member'],
    ],
    [
      'a member deep inside arrays',
      'activate',
      bodyOf([eid()], { primaryPlaceOfUse: [{ address: [{ zipCode: '08608' }] }] }),
      ['/primaryPlaceOfUse/0/address/0/zipCode', 'unknown-member'],
    ],
    [
      'a member of another family',
      'enable',
      localBody(1, { servicePlan: 'plan' }),
      ['/servicePlan', 'undocumented-member'],
    ],
    [
      'a kind that the page does not list',
      'activate_enable',
      bodyOf([eid(), { kind: 'meid', id: 'A000000009ABCD' }]),
      ['/devices/0/deviceIds', 'undocumented-kind'],
    ],
  ] as const)('%s (%s)', (_about, action, body, warning) => {
    const { devices: _devices, accountName, ...fields } = body as Record<string, unknown>
    const reading = read(action, body)
    expect(warningsOf(reading)).toEqual([warning])
    expect(reading).toMatchObject({ body: { accountName, fields } })
  })

  test('that names an undocumented kind once, however many devices have it', () => {
    const devices = [1, 2, 3].map((index) => ({
      deviceIds: [eid(eidOf(index)), { kind: 'msisdn', id: `1555555121${index}` }],
    }))
    const reading = read('device_suspend', { devices, accountName: account })
    expect(warningsOf(reading)).toEqual([['/devices/0/deviceIds', 'undocumented-kind']])
  })
})

describe('the family of a body', () => {
  test.each([
    ['activate', { servicePlan: 'HybridESim' }],
    ['activate', { servicePlan: 'PlanX' }],
    ['activate', { servicePlan: 'PlanX', carrierName: 'Verizon Wireless' }],
    ['activate', {}],
  ] as const)('of %s by EID and IMEI is consumer, whatever the plan and the carrier: %j', (action, members) => {
    expect(read(action, bodyOf([eid(), imei()], members))).toMatchObject({ body: { family: 'consumer' } })
  })

  test.each([
    ['activate', bodyOf([eid(), iccid()], { servicePlan: 'plan' }), ['global', 'device']],
    ['deactivate', bodyOf([eid(), iccid()], { reasonCode: 'FF' }), ['consumer', 'device', 'global']],
    ['deactivate', bodyOf([eid(), iccid()], { reasonCode: 'FF', servicePlan: 'plan' }), ['global']],
    ['setfallbackattribute', bodyOf([eid(), iccid(), imei()]), ['global', 'device']],
    ['setfallbackattribute', bodyOf([eid(), imei()]), ['device']],
    ['enable', localBody(), ['local']],
    ['enable', bodyOf([eid(), iccid()]), ['global']],
  ] as const)('of %s is one of several if the documents do not tell them apart', (action, body, families) => {
    expect(read(action, body)).toMatchObject({ body: { family: families[0], families } })
  })
})

const anyAction = fc.constantFrom(...ActionName.options)
const almostIdentifier = fc.record(
  {
    kind: fc.oneof(fc.constantFrom('eid', 'ICCID', 'imei', 'meid', 'mdn'), fc.jsonValue({ maxDepth: 1 })),
    id: fc.oneof(fc.stringMatching(/^\d{10,32}$/), fc.jsonValue({ maxDepth: 1 })),
  },
  { requiredKeys: [] },
)
const almostDevice = fc.record(
  {
    deviceIds: fc.oneof(fc.array(almostIdentifier, { maxLength: 3 }), fc.jsonValue({ maxDepth: 1 })),
    ids: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: [] },
)
const almostBody = fc.record(
  {
    devices: fc.oneof(
      fc.array(fc.oneof(almostDevice, fc.jsonValue({ maxDepth: 2 })), { maxLength: 4 }),
      fc.jsonValue(),
    ),
    accountName: fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 1 })),
    smsrOid: fc.jsonValue({ maxDepth: 1 }),
    servicePlan: fc.jsonValue({ maxDepth: 1 }),
    primaryPlaceOfUse: fc.jsonValue({ maxDepth: 3 }),
    __proto__: fc.jsonValue({ maxDepth: 1 }),
  },
  { requiredKeys: [], noNullPrototype: true },
)

describe('readBody, for any body,', () => {
  test('never throws and names an error if it refuses the body', () => {
    fc.assert(
      fc.property(anyAction, fc.oneof(almostBody, fc.jsonValue()), (action, body) => {
        const reading = read(action, body)
        if (reading.kind === 'valid') return
        expect(reading.faults.length).toBeGreaterThan(0)
        expect(reading.count).toBeGreaterThanOrEqual(reading.faults.length)
      }),
      { numRuns: 500 },
    )
  })

  test('accepts devices that the manifest returns unchanged', () => {
    fc.assert(
      fc.property(fc.array(anyDevice, { minLength: 1, maxLength: 8 }), (devices) => {
        const reading = read('activate', {
          accountName: account,
          carrierName: 'any',
          devices: devices.map((deviceIds) => ({ deviceIds })),
        })
        fc.pre(reading.kind === 'valid')
        expect(unpackDevices(packDevices(reading.body.devices))).toEqual(devices)
      }),
      { numRuns: 200 },
    )
  })
})
