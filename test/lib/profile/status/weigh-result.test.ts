import { describe, expect, test } from 'vitest'
import type { ActionName } from '../../../../lib/profile/order/action-names.ts'
import { alreadyDone } from '../../../../lib/profile/status/already-done.ts'
import { weighResult } from '../../../../lib/profile/status/weigh-result.ts'
import { account, eidOf, localBody, someDevices } from '../../../builders.ts'
import { aCallbackOf, createWorld } from '../../../fakes/world.ts'
import { aResult } from '../records.ts'

const already = 'REQUEST_FAILED.DeviceAlreadyActive'

describe('a fault that reports that the requested state already exists', () => {
  test.each<[ActionName, { code: string; message?: string }]>([
    ['activate', { code: already }],
    ['activate', { code: already, message: 'REQUEST_FAILED. Device is already active' }],
    ['activate', { code: 'unspecified', message: 'Device is already active.' }],
    ['profile_suspend', { code: 'unspecified', message: 'Profile is already suspended' }],
    ['profile_suspend', { code: '400', message: ' profile is  already suspended. ' }],
    ['profile_resume', { code: 'unspecified', message: 'Profile is already resumed' }],
    ['device_suspend', { code: 'unspecified', message: 'Profile is already suspended' }],
    ['device_resume', { code: 'unspecified', message: 'Profile is already resumed' }],
  ])('is a success of %s: %j', (action, fault) => {
    expect(alreadyDone(action, fault)).toMatchObject({ verdict: 'succeeded' })
    expect(weighResult(action, aResult('failed', undefined, { fault })).verdict).toBe('succeeded')
  })

  test.each<[ActionName, { code: string; message?: string }]>([
    ['activate', { code: 'unspecified', message: 'The ICCID is already active on another device' }],
    [
      'activate',
      { code: 'INPUT_INVALID.Device.Account.Invalid', message: 'Device is already active on a different account' },
    ],
    ['activate', { code: 'INPUT_INVALID.Device.Account.Invalid', message: 'Device is already active' }],
    ['activate', { code: 'unspecified', message: 'Device is already suspended' }],
    ['activate', { code: 'REQUEST_FAILED.DeviceAlreadyActiveElsewhere' }],
    ['activate_enable', { code: already }],
    ['deactivate', { code: already }],
    ['delete', { code: 'unspecified', message: 'Profile is already active and cannot be deleted' }],
    ['delete', { code: already }],
    ['profile_suspend', { code: 'unspecified', message: 'Profile is already resumed' }],
    ['profile_resume', { code: 'unspecified', message: 'Profile is already suspended' }],
    ['device_suspend', { code: 'REQUEST_CANCELLED.CreditCheck', message: 'Profile is already suspended' }],
    ['enable', { code: 'unspecified', message: '' }],
  ])('for another device or action stays a failure of %s: %j', (action, fault) => {
    expect(alreadyDone(action, fault)).toBeUndefined()
    expect(weighResult(action, aResult('failed', undefined, { fault })).verdict).toBe('failed')
  })
})

describe('a success that reports another state than requested', () => {
  test.each<[ActionName, { profileStatus?: string; state?: string }]>([
    ['download', { profileStatus: 'NOT_DOWNLOADED' }],
    ['download', { profileStatus: 'Not Downloaded' }],
    ['download', { profileStatus: 'DOWNLOAD_FAILED' }],
    ['download_enable', { profileStatus: 'DOWNLOAD_DISABLE' }],
    ['download_disable', { profileStatus: 'DOWNLOAD_ENABLE' }],
    ['enable', { profileStatus: 'disable' }],
    ['disable', { profileStatus: 'ENABLE' }],
    ['delete', { profileStatus: 'DISABLE' }],
    ['activate', { state: 'Deactive' }],
    ['deactivate', { state: 'ACTIVE' }],
    ['profile_suspend', { state: 'Active' }],
    ['device_resume', { state: 'SUSPEND' }],
  ])('is not a success of %s: %j', (action, said) => {
    expect(weighResult(action, aResult('succeeded', undefined, { ...said }))).toMatchObject({ verdict: 'warning' })
  })

  test.each<[ActionName, { profileStatus?: string; state?: string }]>([
    ['download', { profileStatus: 'ENABLE', state: 'ACTIVE' }],
    ['download_enable', { profileStatus: 'DOWNLOAD_ENABLE', state: 'Active' }],
    ['disable', { profileStatus: 'disable', state: 'Active' }],
    ['delete', { profileStatus: 'Not Downloaded' }],
    ['activate', { profileStatus: 'Not Downloaded', state: 'Active' }],
    ['deactivate', { state: 'deactivated' }],
    ['device_suspend', { state: 'SUSPEND' }],
    ['device_resume', { state: 'restored' }],
    ['serviceplan', { state: 'Active' }],
    ['enable', {}],
  ])('differs from one that agrees with %s, which stays a success: %j', (action, said) => {
    expect(weighResult(action, aResult('succeeded', undefined, { ...said })).verdict).toBe('succeeded')
  })
})

describe('an order', () => {
  const [device] = someDevices(1)
  const fault = {
    faultcode: 'UnifiedWebService.REQUEST_FAILED.DeviceAlreadyActive',
    faultstring: 'Device is already active',
  }
  const faulted = aCallbackOf('upstream-1', device!.deviceIds, 'failed', { deviceResponse: null, faultResponse: fault })

  test('of activate for an active device succeeds with a note', async () => {
    const world = createWorld()
    const { requestId } = await world.order('activate', { accountName: account, devices: [device] })
    await world.callback(faulted)
    await world.settle()

    expect(await world.devices(requestId)).toMatchObject([
      { status: 'succeeded', result: { note: 'already in the requested state: Device is already active' } },
    ])
    expect((await world.devices(requestId))[0]).not.toHaveProperty('others')
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  const said = (profileStatus: string, raw: string) =>
    aCallbackOf('upstream-1', device!.deviceIds, 'succeeded', {
      deviceResponse: { deviceProfileResponse: { euiccStatus: 'EXECUTED_SUCCESS', profileStatus, note: raw } },
    })

  test.each([
    { first: 'DISABLE', later: 'ENABLE' },
    { first: 'ENABLE', later: 'DISABLE' },
  ])('of enable succeeds if one callback reports $first and a later one $later', async ({ first, later }) => {
    const world = createWorld()
    const { requestId } = await world.order('enable', localBody())
    await world.callback(said(first, 'one'))
    await world.settle()
    await world.callback(said(later, 'two'))
    await world.settle()

    expect(await world.devices(requestId)).toMatchObject([
      { status: 'succeeded', result: { profileStatus: 'ENABLE' }, others: [{}] },
    ])
    expect(await world.show(requestId)).toMatchObject({ status: 'succeeded' })
  })

  test('of activate for an active device has no conflict with a later success', async () => {
    const world = createWorld()
    const { requestId } = await world.order('activate', { accountName: account, devices: [device] })
    await world.callback(faulted)
    await world.callback(aCallbackOf('upstream-1', device!.deviceIds, 'succeeded'))
    await world.settle()

    const [shown] = await world.devices(requestId)
    expect(shown).toMatchObject({ status: 'succeeded' })
    expect(shown).not.toHaveProperty('conflict')
  })

  test('of delete with the same fault fails', async () => {
    const world = createWorld()
    const { requestId } = await world.order('delete', localBody())
    await world.callback(faulted)
    await world.settle()

    expect(await world.show(requestId)).toMatchObject({ status: 'failed', devices: { failed: 1 } })
  })

  test('of download never succeeds while the profile is not downloaded', async () => {
    const world = createWorld()
    const { requestId } = await world.order('download', { accountName: account, devices: [device] })
    const deviceProfileResponse = { state: 'ACTIVE', profileStatus: 'NOT_DOWNLOADED', profileRole: 'LOCAL' }
    await world.callback(
      aCallbackOf('upstream-1', [{ kind: 'eid', id: eidOf(1) }], 'succeeded', {
        deviceResponse: { deviceProfileResponse },
      }),
    )
    await world.settle()
    expect(await world.devices(requestId)).toMatchObject([{ status: 'warning' }])

    await world.pass(25 * 3600)
    expect(await world.show(requestId)).toMatchObject({ status: 'expired' })
  })
})
