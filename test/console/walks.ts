import { describe, expect, test, vi } from 'vitest'
import { device, order, quarantine, read, smsrOid, untilRequest } from './orders.ts'
import type { Scene } from './screens.ts'
import { accountName } from './stage.ts'
import type { Visit } from './visit.ts'

/** How a person presses something: with the mouse, or by the keyboard alone. */
const hands = ['mouse', 'keyboard'] as const
type Hand = (typeof hands)[number]

const press = async (visit: Visit, hand: Hand, name: string): Promise<void> => {
  if (hand === 'mouse') return visit.click(name)
  await visit.tabTo(name)
  await visit.page.keyboard.press('Enter')
}

const toggle = async (visit: Visit, hand: Hand, name: string): Promise<void> => {
  if (hand === 'mouse') return visit.page.click(`input[aria-label="${name}"]`)
  await visit.tabTo(name)
  await visit.page.keyboard.press('Space')
}

/** Types the count of a confirmation. The field has no other name than its sentence. */
const typeCount = async (visit: Visit, hand: Hand, count: number): Promise<void> => {
  if (hand === 'mouse') await visit.page.click('input[name=count]')
  else
    while ((await visit.page.evaluate('document.activeElement?.name')) !== 'count')
      await visit.page.keyboard.press('Tab')
  await visit.page.keyboard.type(String(count))
}

/** What an operator does on a bad day, by each hand alone. */
export function registerWalks({ stage, made }: Scene): void {
  describe.each(hands)('with the %s alone', (hand) => {
    test('an operator finds a lost answer, sees what a retry would do, and retries it', async () => {
      const { stack } = stage()
      const requestId = made.lost[hand === 'mouse' ? 0 : 1] ?? ''
      await untilRequest(stack, requestId, ({ next }) => next?.what === 'decision')
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/overview')
      await visit.sees('may need your decision')
      await press(visit, hand, 'Decisions')
      await visit.sees('No callback has arrived.')
      await toggle(visit, hand, `Select download ${requestId}/0`)
      await press(visit, hand, 'Retry 1 selected…')
      await visit.sees('Sends it again')
      await typeCount(visit, hand, 1)
      await press(visit, hand, 'Retry')
      await visit.sees('1 of 1 done.')
      await visit.sees(/done, now\s+(submitt|retrying|succeeded)/)
      await untilRequest(stack, requestId, ({ status }) => status !== 'unconfirmed')
      await visit.close()
    })

    test('an operator asks what happened to a card', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/overview')
      if (hand === 'mouse') await visit.page.click('#search')
      else {
        await visit.page.focus('main')
        await visit.page.keyboard.press('/')
      }
      await visit.page.keyboard.type(made.card)
      await visit.page.keyboard.press('Enter')
      await visit.sees('Cards')
      const link = `ICCID ${made.card.replaceAll(/(.{4})(?=.)/g, '$1')}`
      if (hand === 'mouse') await visit.page.click('main li a')
      else {
        await visit.tabTo(link)
        await visit.page.keyboard.press('Enter')
      }
      await visit.sees('Execution error')
      await visit.close()
    })

    test('an operator finds 300 failures of a bad day by their code and orders them again', async () => {
      const { stack } = stage()
      const devices = Array.from({ length: 300 }, () => device('9006'))
      const { requestId } = await order(stack, 'download_enable', { smsrOid, devices })
      await untilRequest(stack, requestId, ({ final }) => final)
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/failures')
      await visit.sees('8.2.1,3.3')
      await press(visit, hand, '8.2.1,3.3')
      await visit.sees('Devices with 8.2.1,3.3')
      await visit.sees(/\d00 devices of \d request/)
      await press(visit, hand, 'Order these again…')
      await visit.sees(/Orders \d+ devices again/)
      const count = /Orders (\d+) devices again/.exec(await visit.text())?.[1] ?? ''
      await typeCount(visit, hand, Number(count))
      await press(visit, hand, 'Order again')
      await visit.sees(/(\d) of \1 sent\./)
      expect(await visit.text()).toContain('New request for 300 devices')
      await visit.close()
    })

    test('an operator finds that the listeners are gone, and has them repaired', async () => {
      const { stack } = stage()
      await stack.simulator?.reset(['credentials'])
      expect(stack.simulator?.listeners()).toEqual([])
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/overview')
      await visit.sees('Open requests')
      await press(visit, hand, 'Listeners')
      await visit.sees('DeviceProfileService')
      await press(visit, hand, 'Check and repair now…')
      await visit.sees('registers again those that are absent')
      await press(visit, hand, 'Check and repair')
      await visit.sees('Asked.')
      await visit.page.keyboard.press('Escape')
      await visit.sees('was absent, now ours')
      await visit.page.waitForFunction("!document.body.innerText.includes('refused')")
      await vi.waitFor(() => expect(stack.simulator?.listeners().length).toBeGreaterThan(0), { timeout: 20_000 })
      await visit.close()
    })

    test('an operator reads a message in quarantine and dismisses it with a reason', async () => {
      const { stack } = stage()
      const id = await quarantine(stack, { strange: hand })
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', `#/quarantine/${id}`)
      await visit.sees('Still not understood.')
      await press(visit, hand, 'Dismiss…')
      await visit.sees('The message is removed for good.')
      if (hand === 'mouse') await visit.page.click('input[name=reason]')
      else await visit.tabTo('Reason')
      await visit.page.keyboard.type('A test sent it.')
      await typeCount(visit, hand, 1)
      await press(visit, hand, 'Dismiss')
      await visit.sees('Dismissed.')
      const { items } = (await read(stack, '/v1/operate/quarantine')) as { items: { id: string }[] }
      expect(items.map((each) => each.id)).not.toContain(id)
      await visit.close()
    })
  })
}
