import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ActionName, type Family } from '../../../lib/profile/action-names.ts'
import { actions } from '../../../lib/profile/actions.ts'
import { packDevices, unpackDevices } from '../../../lib/profile/manifest.ts'
import { maximumDevices } from '../../../lib/profile/device-list.ts'
import { type BodyReading, readBody } from '../../../lib/profile/request-body.ts'
import { account, eidOf, iccidOf, imeiOf, localBody, someDevices } from '../../builders.ts'
import { anyDevice } from './arbitraries.ts'

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

type Example = { about: string; action: ActionName; family: Family; body: Record<string, unknown> }

/** ThingSpace's own examples; "32-digit EID" and the like filled in. */
const documented: Example[] = [
  {
    about: 'the fallback attribute: an account with blanks, an EID of 30 digits',
    action: 'setfallbackattribute',
    family: 'device',
    body: {
      devices: [
        {
          deviceIds: [
            { id: '990001131241920', kind: 'imei' },
            { id: '376456789123456789123456782019', kind: 'eid' },
          ],
        },
      ],
      accountName: '4 3TOM HPN2 S',
      carrierName: 'Verizon Wireless',
    },
  },
  {
    about: 'the fallback attribute of a Global IoT eSIM',
    action: 'setfallbackattribute',
    family: 'global',
    body: bodyOf([eid(), iccid(), imei()]),
  },
  ...(['download_enable', 'download_disable', 'enable', 'delete'] as const).map((action) => ({
    about: 'a local profile, an EID of 30 digits',
    action,
    family: 'local' as const,
    body: {
      devices: [
        {
          deviceIds: [
            { kind: 'eid', id: '678912789123453456784008666456' },
            { kind: 'iccid', id: '78425989148000000840' },
          ],
        },
      ],
      accountName: '1223334444-00001',
      smsrOid,
    },
  })),
  {
    about: 'disabling a local profile',
    action: 'disable',
    family: 'local',
    body: {
      devices: [
        {
          deviceIds: [
            { kind: 'eid', id: '666456789123456789123456784008' },
            { kind: 'iccid', id: '89148000000840784259' },
          ],
        },
      ],
      accountName: '1223334444-00001',
      smsrOid,
    },
  },
  ...(['download', 'download_enable', 'enable', 'delete', 'serviceplan'] as const).map((action) => ({
    about: 'a Global IoT eSIM',
    action,
    family: 'global' as const,
    body: bodyOf([eid(), iccid(), imei()], { servicePlan: 'service plan name' }),
  })),
  {
    about: 'an eUICC device, with all its members',
    action: 'activate',
    family: 'device',
    body: bodyOf([eid(), iccid()], {
      carrierName: 'name of the mobile service provider',
      servicePlan: 'name of the service plan',
      mdnZipCode: '12345',
      carrierIpPoolName: 'pool',
      primaryPlaceOfUse: {
        customerName: { title: 'Ms', firstName: 'Ada', lastName: 'Lovelace' },
        address: { addressLine1: '1 Main St', city: 'Trenton', state: 'NJ', zip: '08608', country: 'USA' },
      },
    }),
  },
  {
    about: 'a consumer eSIM, whose service plan says so',
    action: 'activate',
    family: 'consumer',
    body: bodyOf([eid(), imei()], {
      carrierName: 'Verizon Wireless',
      servicePlan: 'HybridESim',
      mdnZipCode: '12345',
    }),
  },
  {
    about: 'a Global IoT eSIM, by its members',
    action: 'activate',
    family: 'global',
    body: bodyOf([eid()], { servicePlan: 'service plan name', mdnZipCode: '12345' }),
  },
  {
    about: 'a device with its profile',
    action: 'activate_enable',
    family: 'device',
    body: bodyOf([imei(), eid()], { servicePlan: 'name of the service plan', mdnZipCode: '12345' }),
  },
  {
    about: 'an eUICC device',
    action: 'deactivate',
    family: 'device',
    body: bodyOf([imei(), eid()], {
      carrierName: 'name of the mobile service provider',
      reasonCode: 'string',
      etfWaiver: false,
      checkFallbackProfile: false,
    }),
  },
  {
    about: 'a consumer eSIM: EID and ICCID',
    action: 'deactivate',
    family: 'consumer',
    body: bodyOf([iccid(), eid()], {
      carrierName: 'name of the mobile service provider',
      reasonCode: 'FF',
      etfWaiver: false,
      checkFallbackProfile: false,
    }),
  },
  {
    about: 'a Global IoT eSIM: a service plan',
    action: 'deactivate',
    family: 'global',
    body: bodyOf([eid('12345678901234567890123456789012')], {
      servicePlan: 'service plan name',
      etfWaiver: false,
      reasonCode: 'FF',
    }),
  },
  ...(['profile_suspend', 'profile_resume'] as const).map((action) => ({
    about: 'one profile by its ICCID',
    action,
    family: 'global' as const,
    body: bodyOf([iccid()], { servicePlan: 'service plan name' }),
  })),
  ...(['device_suspend', 'device_resume'] as const).map((action) => ({
    about: 'a device by its EID',
    action,
    family: 'global' as const,
    body: bodyOf([eid()]),
  })),
  {
    about: 'a consumer eSIM by IMEI and ICCID',
    action: 'renew_activation_code',
    family: 'consumer',
    body: bodyOf([imei(), iccid()], { carrierName: 'Verizon Wireless' }),
  },
]

const read = (action: ActionName, body: unknown): BodyReading => readBody(actions[action], body)

describe('a documented body is accepted as it stands', () => {
  test.each(documented)('$action ($family): $about', ({ action, family, body }) => {
    const { devices, accountName, ...fields } = body
    expect(read(action, body)).toEqual({
      kind: 'valid',
      body: {
        family,
        accountName,
        fields,
        devices: (devices as { deviceIds: unknown }[]).map(({ deviceIds }) =>
          (deviceIds as { kind: string; id: string }[]).map(({ kind, id }) => ({ kind, id })),
        ),
      },
    })
  })

  test.each([
    [
      ['eid', 'iccid'],
      ['imei', 'eid'],
    ],
    [
      ['imei', 'eid'],
      ['eid', 'iccid'],
    ],
  ])('devices of %j and %j belong to the family that admits both, in whatever order', (...kinds) => {
    const idOf: Record<string, { kind: string; id: string }[]> = { eid: [eid()], iccid: [iccid()], imei: [imei()] }
    const devices = kinds.map((names, index) => ({
      deviceIds: names.map((name) => (name === 'eid' ? eid(eidOf(index + 1)) : idOf[name]![0])),
    }))
    const reading = readBody(actions.deactivate, { devices, accountName: account })
    expect(reading).toMatchObject({ kind: 'valid', body: { family: 'device' } })
  })

  test('a device named with and without its IMEI is named twice', () => {
    const devices = [{ deviceIds: [eid(), iccid()] }, { deviceIds: [imei(), iccid(), eid()] }]
    const reading = readBody(actions.download, { devices, accountName: account, servicePlan: 'plan' })
    expect(reading).toMatchObject({ kind: 'invalid', faults: [{ pointer: '/devices/1', code: 'duplicate-device' }] })
  })

  test('the examples reach every family of all sixteen actions', () => {
    const reached = documented.map(({ action, family }) => `${action} ${family}`)
    const catalogued = ActionName.options.flatMap((name) =>
      actions[name].bodies.map(({ family }) => `${name} ${family}`),
    )
    expect([...new Set(reached)].toSorted()).toEqual(catalogued.toSorted())
    expect(ActionName.options).toHaveLength(16)
  })

  test('deactivate takes the spelling of the generated SDKs, `ids`', () => {
    const { devices, ...members } = bodyOf([eid(), iccid()], { reasonCode: 'FF', etfWaiver: true })
    const spelt = { ...members, devices: devices.map(({ deviceIds }) => ({ ids: deviceIds })) }
    expect(read('deactivate', spelt)).toEqual(read('deactivate', { ...members, devices }))
  })

  test.each(['EID', 'eId', 'Eid'])('a kind in any casing: %s', (kind) => {
    expect(read('device_suspend', bodyOf([{ kind, id: eidOf(1) }]))).toMatchObject({
      body: { devices: [[{ kind: 'eid', id: eidOf(1) }]] },
    })
  })

  test('a MEID is one device in any casing of its letters', () => {
    const meids = ['a000000009abcd', 'A000000009ABCD'].map((id) => ({ deviceIds: [{ kind: 'MEID', id }] }))
    expect(read('activate', { devices: meids, accountName: account })).toMatchObject({
      faults: [{ pointer: '/devices/1', code: 'duplicate-device' }],
    })
  })

  test('ten thousand devices', () => {
    expect(read('disable', localBody(maximumDevices))).toMatchObject({ kind: 'valid', body: { family: 'local' } })
  })

  test('one EID with two profiles is two devices', () => {
    const twice = [1, 2].map((index) => ({ deviceIds: [eid(), iccid(iccidOf(index))] }))
    expect(read('disable', localBody(1, { devices: twice }))).toMatchObject({ kind: 'valid' })
  })
})

const ownProto = (text: string): unknown => JSON.parse(text)

type BadBody = { about: string; action: ActionName; body: unknown; faults: [pointer: string, code: string][] }

const bad: BadBody[] = [
  ...[null, undefined, 'text', 7, true, [localBody()]].map((body) => ({
    about: `${JSON.stringify(body)?.slice(0, 12)} is no object`,
    action: 'disable' as const,
    body,
    faults: [['', 'not-an-object'] as [string, string]],
  })),
  {
    about: 'a member in another casing',
    action: 'deactivate',
    body: bodyOf([eid(), iccid()], { etfwaiver: false }),
    faults: [['/etfwaiver', 'unknown-member']],
  },
  {
    about: 'a member with a slash in its name, by its escaped pointer',
    action: 'disable',
    body: localBody(1, { 'a/b~c': 1 }),
    faults: [['/a~1b~0c', 'unknown-member']],
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
    about: 'a member that belongs to another action',
    action: 'disable',
    body: localBody(1, { servicePlan: 'plan' }),
    faults: [['/servicePlan', 'unknown-member']],
  },
  {
    about: 'an unknown member deep inside',
    action: 'activate',
    body: bodyOf([eid()], { primaryPlaceOfUse: { address: { addressLine1: '1 Main St', zipCode: '08608' } } }),
    faults: [['/primaryPlaceOfUse/address/zipCode', 'unknown-member']],
  },
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
      ['/reasonCode', 'invalid'],
      ['/etfWaiver', 'invalid'],
    ],
  },
  {
    about: 'members of two families',
    action: 'download_enable',
    body: localBody(1, { servicePlan: 'plan' }),
    faults: [['/servicePlan', 'families-mixed']],
  },
  {
    about: 'members of two families, the other way round',
    action: 'download_enable',
    body: { servicePlan: 'plan', ...localBody() },
    faults: [['/smsrOid', 'families-mixed']],
  },
  {
    about: 'devices of two families that none admits together: the first decides',
    action: 'setfallbackattribute',
    body: {
      devices: [{ deviceIds: [eid(), iccid(), imei()] }, { deviceIds: [{ kind: 'mdn', id: '5551234567' }] }],
      accountName: account,
    },
    faults: [
      ['/devices/1/deviceIds', 'missing-identifier'],
      ['/devices/1/deviceIds', 'missing-identifier'],
      ['/devices/1/deviceIds', 'missing-identifier'],
    ],
  },
  {
    about: 'an EID is missing',
    action: 'disable',
    body: localBody(1, { devices: [...someDevices(1), { deviceIds: [iccid(iccidOf(2))] }] }),
    faults: [['/devices/1/deviceIds', 'missing-identifier']],
  },
  {
    about: 'a kind that has no place there',
    action: 'disable',
    body: localBody(1, { devices: [{ deviceIds: [eid(), iccid(), imei()] }] }),
    faults: [['/devices/0/deviceIds', 'wrong-identifier-kind']],
  },
  {
    about: 'a kind nobody knows',
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
    about: 'an ICCID with a letter: one fault, not a missing ICCID beside it',
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

describe('a bad body is refused, with the place and the reason', () => {
  test.each(bad)('$action: $about', ({ action, body, faults }) => {
    const reading = read(action, body)
    expect(faultsOf(reading)).toEqual(faults)
    expect(reading).toMatchObject({ count: faults.length })
  })

  test('faults of members and of devices come together', () => {
    const body = { devices: [{ deviceIds: [iccid('1')] }], accountName: account }
    expect(faultsOf(read('disable', body))).toEqual([
      ['/devices/0/deviceIds/0/id', 'malformed-identifier'],
      ['/smsrOid', 'required'],
      ['/devices/0/deviceIds', 'missing-identifier'],
    ])
  })

  test('a bad device hides no mixture of families', () => {
    const body = localBody(1, { servicePlan: 'plan', devices: [{ deviceIds: [eid('1'), iccid()] }] })
    expect(faultsOf(read('enable', body))).toEqual([
      ['/devices/0/deviceIds/0/id', 'malformed-identifier'],
      ['/servicePlan', 'families-mixed'],
    ])
  })

  test('the first twenty faults are listed and all are counted', () => {
    const devices = Array.from({ length: 500 }, (_, index) => ({ deviceIds: [eid(eidOf(index)), iccid('none')] }))
    const reading = read('disable', localBody(1, { devices }))
    expect(reading).toMatchObject({ kind: 'invalid', count: 500 })
    expect(faultsOf(reading)).toEqual(
      Array.from({ length: 20 }, (_, index) => [`/devices/${index}/deviceIds/1/id`, 'malformed-identifier']),
    )
  })

  test('what a fault says stays small, however long the names that were sent', () => {
    const reading = read('disable', localBody(1, { ['x'.repeat(100_000)]: 1 }))
    expect(JSON.stringify(reading).length).toBeLessThan(1000)
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

describe('for any body', () => {
  test('reading never throws, and what is refused names a fault', () => {
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

  test('what is accepted comes back from the manifest as it was read', () => {
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
