import { describe, expect, test } from 'vitest'
import { device, read, smsrOid } from './orders.ts'
import type { Scene } from './screens.ts'
import { accountName } from './stage.ts'

const csvOf = (devices: ReturnType<typeof device>[]): string =>
  ['eid;iccid', ...devices.map(({ deviceIds }) => deviceIds.map(({ id }) => id).join(';'))].join('\n')

/** The order form. */
export function registerForms({ stage }: Scene): void {
  describe('the order form', () => {
    test('checks what is typed with the rules of the gateway, and names the line', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/order')
      await visit.fill('smsrOid optional', smsrOid)
      await visit.page.locator('textarea').fill(`${csvOf([device()])}\n123;89148000000000012345`)
      await visit.sees('Line 3')
      await visit.sees('30 to 32 digits')
      expect(await visit.page.$eval('form.order button.primary', (button) => button.disabled)).toBe(true)
      await visit.close()
    })

    test('sends exactly the order that its plan showed, once, even if the first answer is lost', async () => {
      const { stack } = stage()
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/order')
      await visit.fill('smsrOid optional', smsrOid)
      const devices = [device(), device()]
      await visit.page.locator('textarea').fill(csvOf(devices))
      await visit.sees('2 devices, ready. As a local request')
      await visit.click('Show the plan…')
      await visit.sees('for 2 devices of the account')
      // The order arrives, but its answer does not.
      await visit.page.setRequestInterception(true)
      let lost = 0
      visit.page.on('request', (request) => {
        if (lost > 0 || request.method() !== 'POST' || !request.url().includes('/actions/')) {
          void request.continue()
          return
        }
        lost += 1
        void fetch(request.url(), {
          method: 'POST',
          headers: request.headers(),
          body: request.postData() ?? '',
        }).then(() => request.abort())
      })
      await visit.page.locator('dialog[open] input[name=count]').fill('2')
      await visit.click('Send the order')
      await visit.sees('The gateway cannot be reached.')
      await visit.click('Send the same order again')
      await visit.page.waitForFunction("location.hash.startsWith('#/requests/')")
      const requestId = visit.page.url().split('/').at(-1) ?? ''
      const shown = (await read(stack, `/v1/requests/${requestId}/devices`)) as { items: { deviceIds: unknown }[] }
      expect(shown.items.map(({ deviceIds }) => deviceIds)).toEqual(devices.map(({ deviceIds }) => deviceIds))
      const history = await read(stack, `/v1/devices/iccid/${devices[0]?.deviceIds[1]?.id}/requests`)
      expect((history as { items: unknown[] }).items).toHaveLength(1)
      await visit.close()
    })
  })
}
