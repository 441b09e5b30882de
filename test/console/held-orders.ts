import { describe, expect, test } from 'vitest'
import { decide, device, order, smsrOid, untilRequest } from './orders.ts'
import { stopCalls } from './outage.ts'
import type { Scene } from './screens.ts'
import { accountName } from './stage.ts'

/** What people see of orders that are held. */
export function registerHeldOrders({ stage }: Scene): void {
  describe('while calls are held', () => {
    test('the overview leads to the orders that it counts, and they tell times in the zone of the reader', async () => {
      const { stack } = stage()
      const undo = await stopCalls(stack, 'retry-after')
      const held = await order(stack, 'enable', { smsrOid, devices: [device()] })
      await untilRequest(stack, held.requestId, ({ next }) => next?.why.includes('Held since') === true)
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/overview')
      await visit.sees('devices without a result')
      const [counted] = await visit.page.$$eval('a.tile', (tiles) =>
        tiles.map(({ textContent }) => /^(\d+) in flight/.exec(textContent ?? '')?.[1]).filter((count) => count),
      )
      await visit.page.locator('a.tile[href*="queued"]').click()
      await visit.sees('queued, submitting, submitted')
      await visit.page.waitForSelector(`a[href*="${held.requestId}"]`)
      expect(String(await visit.page.$$eval('tbody tr', ({ length }) => length))).toBe(counted)
      for (const tab of ['timeline', 'submissions']) {
        await visit.go(`#/requests/${held.requestId}?tab=${tab}`)
        await visit.sees('Held since')
        expect(await visit.text()).not.toMatch(/\dT\d\d:\d\d/)
      }
      await undo()
      await decide(stack, held.requestId, 'cancel')
      await visit.close()
    })
  })
}
