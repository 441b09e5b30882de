import { expect, test } from 'vitest'
import { account, eidOf, iccidOf, localBody, someDevices } from '../builders.ts'
import { aCallbackOf, createWorld } from '../fakes/world.ts'
import { opsBench } from './bench.ts'

async function twoFailed() {
  const world = createWorld()
  const { requestId } = await world.order('enable', localBody(3))
  await world.settle()
  const fault = { faultResponse: { faultcode: 'REQUEST_FAILED.DeviceNotFound', faultstring: 'Not found.' } }
  for (const { deviceIds } of someDevices(2))
    await world.callback(aCallbackOf('upstream-1', deviceIds, 'failed', fault))
  await world.settle()
  return { ...opsBench(world), requestId }
}

test('ops failures lists failed devices with code and message, and masks their identifiers', async () => {
  const { ops, requestId } = await twoFailed()

  const { text, data, outcome } = await ops(`failures --account ${account}`)
  const one = await ops(`failures --account ${account} --limit 1`)

  expect(outcome).toBe('done')
  expect(text).toContain(`${requestId} 0`)
  expect(text).toContain('REQUEST_FAILED.DeviceNotFound')
  expect(data).toMatchObject({ failures: [{ status: 'failed' }, { status: 'failed' }], isWhole: true })
  expect(`${text}${JSON.stringify(data)}`).not.toContain(eidOf(1))
  expect((await ops(`failures --account ${account} --full`)).text).toContain(eidOf(1))
  expect(one.text).toContain('There may be more: --limit 10')
})

test('ops failures --csv prints the columns of the API', async () => {
  const { ops } = await twoFailed()

  const lines = (await ops(`failures --account ${account} --csv --full`)).text.split('\n')

  expect(lines[0]).toMatch(/^at,requestId,position,action,status,final,code,message,accountName,eid,iccid/)
  expect(lines.slice(1).join('\n')).toContain(iccidOf(2))
  expect(lines).toHaveLength(3)
})

test('ops failures --counts counts them by day and code, with the meaning of the code', async () => {
  const { ops } = await twoFailed()

  const { text, data } = await ops(`failures --account ${account} --counts`)

  expect(text).toContain('the device is not on the account: add the device to the account, then order again')
  expect(text).toContain('2 devices.')
  expect(data).toMatchObject({ days: [{ devices: 2, counts: [{ devices: 2, status: 'failed' }] }], isWhole: true })
})

test('ops failures says that nothing failed', async () => {
  const { ops } = await twoFailed()

  const { outcome, text } = await ops(`failures --account ${account} --code OTHER`)

  expect({ outcome, text }).toEqual({ outcome: 'nothing', text: 'No device failed or expired.' })
})
