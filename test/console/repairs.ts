import { describe, expect, test } from 'vitest'
import { read } from './orders.ts'
import { addDeadLetter, closeLatch, flowsOf, type Items, latchesOf, lettersOf, stopCalls } from './outage.ts'
import type { Scene } from './screens.ts'
import { accountName } from './stage.ts'

/** What an operator repairs after an outage. */
export function registerRepairs({ stage }: Scene): void {
  describe('after an outage', () => {
    test('an operator opens a closed login latch, which forgets the failed logins that were shown', async () => {
      const { stack } = stage()
      await closeLatch(stack)
      expect(await latchesOf(stack)).toEqual([{ credentialSet: 'default', state: 'closed', failedLogins: 2 }])
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/logins')
      await visit.sees('stopped')
      await visit.click('Open the latch…')
      await visit.sees('The gateway forgets 2 failed logins and tries two more.')
      // Nothing happens before the count is typed.
      expect(await visit.page.$eval('dialog button.primary', (button) => button.matches(':disabled'))).toBe(true)
      await visit.page.locator('dialog[open] input[name=count]').fill('2')
      await visit.click('Open')
      await visit.sees('logs in')
      expect(await latchesOf(stack)).toEqual([{ credentialSet: 'default', state: 'open', failedLogins: 0 }])
      await visit.close()
    })

    test('an operator sees on the overview that calls have stopped, and ends the pause', async () => {
      const { stack } = stage()
      const undo = await stopCalls(stack)
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/overview')
      await visit.sees('credential set holds its orders')
      await visit.page.locator('a.tile[href="#/logins"]').click()
      await visit.sees('1 of 20, 0 under way')
      await visit.click('End the pause…')
      await visit.sees('tries ThingSpace with a harmless call first')
      await visit.sees('Orders that are held already ask again within four minutes')
      expect(await flowsOf(stack)).toMatchObject([{ state: 'stopped', pausedBecause: 'failing' }])
      await visit.click('End the pause')
      await expect.poll(() => flowsOf(stack), { timeout: 20_000 }).toMatchObject([{ pausedUntil: null }])
      await visit.page.waitForFunction("!document.body.innerText.includes('End the pause')")
      expect(await visit.violations()).toEqual([])
      await undo()
      await visit.close()
    })

    test('an operator sends back exactly the dead letters that the preview counted', async () => {
      const { stack } = stage()
      const quarantined = async () =>
        ((await read(stack, '/v1/operate/quarantine?limit=100')) as Items<{ id: string }>).items.length
      const before = await quarantined()
      for (const dead of ['first', 'second']) await addDeadLetter(stack, { dead })
      expect(await lettersOf(stack)).toBe(2)
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/dead-letters')
      await visit.sees('Results that could not be recorded')
      await visit.click('Send back…')
      await visit.sees('Sends up to 2 messages back')
      await visit.sees(`2 account ${accountName}`)
      expect(await lettersOf(stack)).toBe(2)
      await visit.page.locator('dialog[open] input[name=count]').fill('2')
      await visit.click('Send back')
      await visit.sees('2 messages sent back, 0 left')
      expect(await lettersOf(stack)).toBe(0)
      await expect.poll(quarantined, { timeout: 20_000, interval: 200 }).toBe(before + 2)
      await visit.close()
    })

    test('an operator does not open a latch on which more logins have failed than were shown', async () => {
      const { stack } = stage()
      await closeLatch(stack, 1)
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/logins')
      await visit.click('Open the latch…')
      await closeLatch(stack, 2)
      await visit.page.locator('dialog[open] input[name=count]').fill('1')
      await visit.click('Open')
      await visit.sees('the latch changed meanwhile; look at it again')
      expect(await latchesOf(stack)).toMatchObject([{ state: 'closed', failedLogins: 2 }])
      await closeLatch(stack, 0)
      await visit.close()
    })

    test('an operator without a network learns that the pause may have ended, and sees it end on the second try', async () => {
      const { stack } = stage()
      const undo = await stopCalls(stack, 'retry-after')
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/logins')
      await visit.click('End the pause…')
      await visit.sees('tries ThingSpace with a harmless call first')
      await visit.page.setOfflineMode(true)
      await visit.click('End the pause')
      await visit.sees('Check your network. It may have been done nevertheless.')
      await visit.page.setOfflineMode(false)
      await visit.click('End the pause')
      await visit.page.waitForFunction("document.querySelector('dialog') === null")
      expect(await flowsOf(stack)).toMatchObject([{ state: 'stopped', pausedUntil: null }])
      await undo()
      await visit.close()
    })

    test('an operator without a network learns that dead letters were not read, and that the audit was not saved', async () => {
      await addDeadLetter(stage().stack, { dead: 'third' })
      const visit = await stage().visit({ account: accountName })
      for (const { screen, button } of [
        { screen: 'dead-letters', button: 'Send back…' },
        { screen: 'audit', button: 'Save as CSV' },
      ]) {
        await visit.page.setOfflineMode(false)
        if (screen === 'audit') await visit.go('#/audit')
        else await visit.signIn('operator', '#/dead-letters')
        await visit.page.locator(`::-p-aria([name="${button}"])`).wait()
        await visit.page.setOfflineMode(true)
        await visit.click(button)
        await visit.sees('Check your network, then try again.')
      }
      await visit.close()
    })

    test('the dialog of a credential set with a long name fits the window of a phone', async () => {
      const credentialSet = 'x'.repeat(300)
      const visit = await stage().visit({ account: accountName, width: 390 })
      await visit.page.setRequestInterception(true)
      visit.page.on('request', (request) => {
        const body = JSON.stringify({ items: [{ credentialSet, state: 'closed', failedLogins: 2 }] })
        if (request.url().endsWith('/v1/operate/latches'))
          void request.respond({ status: 200, body, contentType: 'application/json' })
        else void request.continue()
      })
      await visit.signIn('operator', '#/logins')
      await visit.click('Open the latch…')
      const tooWide = await visit.page.$eval('dialog', (dialog) => dialog.scrollWidth - dialog.clientWidth)
      expect(tooWide).toBe(0)
      await visit.close()
    })
  })
}
