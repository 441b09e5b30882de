import { describe, expect, test } from 'vitest'
import type { Scene } from './screens.ts'
import { accountName } from './stage.ts'

/** Signing in, being refused, and signing in again while something is typed. */
export function registerSignIn({ stage, made }: Scene): void {
  describe('signing in', () => {
    test('leads to the issuer and back to the address that was opened, and leaves no token in any storage', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', `#/requests/${made.mixed}`)
      await visit.sees('Olivia Operator')
      await visit.sees('partially succeeded')
      expect(visit.page.url()).not.toContain('code=')
      expect(await visit.page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])')).not.toMatch(
        /eyJ/,
      )
      await visit.close()
    })

    test('is refused if the answer belongs to no sign-in of this window', async () => {
      const visit = await stage().visit()
      await visit.page.goto(`${stage().stack.apiUrl}/console?code=stolen&state=first.other`)
      await visit.sees('The sign-in was started in another window.')
      expect(visit.page.url()).not.toContain('stolen')
      await visit.close()
    })

    test('as a reader offers no order and no decision', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('reader', `#/requests/${made.mixed}`)
      await visit.sees('partially succeeded')
      const text = await visit.text()
      expect(text).not.toContain('New order')
      expect(text).not.toContain('Order failed again')
      await visit.go('#/order')
      await visit.sees('It needs the scope profiles:write.')
      await visit.close()
    })

    test('as an app shows its own account only', async () => {
      const visit = await stage().visit()
      await visit.signIn('app-owner', '#/requests')
      await visit.sees('partially succeeded')
      expect(await visit.page.$$eval('.account option', (options) => options.length)).toBe(1)
      await visit.close()
    })

    test('again after the token has expired keeps what was typed', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.page.goto(`${stage().stack.apiUrl}/console#/order`)
      await visit.page.evaluate(`localStorage.setItem('console.account', ${JSON.stringify(accountName)})`)
      await visit.click('Sign in')
      await visit.page.waitForSelector('#operator')
      await visit.page.goto(`${visit.page.url()}&person=operator&lifetime_seconds=3`)
      await visit.sees('New order')
      await visit.page.locator('textarea').fill('89033023000000000000000000000099, 89148000000000099001')
      await visit.sees('Your sign-in has ended.')

      const opened = new Promise<void>((resolve) => {
        visit.page.once('popup', (popup) => {
          void popup
            ?.waitForSelector('#operator')
            .then((person) => person?.click())
            .then(() => resolve())
        })
      })
      await visit.click('Sign in again')
      await opened
      await visit.page.waitForFunction("!document.body.innerText.includes('Your sign-in has ended.')")
      expect(await visit.page.$eval('textarea', (area) => area.value)).toContain('89148000000000099001')
      await visit.go('#/requests')
      await visit.sees('partially succeeded')
      await visit.close()
    })
  })
}
