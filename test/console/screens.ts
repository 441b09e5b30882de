import { describe, expect, test } from 'vitest'
import { decide, device, order, read } from './orders.ts'
import { accountName, type Stage } from './stage.ts'

/** The requests that exist when the tests begin. */
export type Made = { lost: string[]; mixed: string; card: string; quarantined: string }
export type Scene = { stage: () => Stage; made: Made }

/** Every screen with something that it must show. */
const screensOf = ({ mixed, lost, card, quarantined }: Made): { address: string; shows: string }[] => [
  { address: '#/overview', shows: 'Last callback' },
  { address: '#/decisions', shows: 'Retry 0 selected' },
  { address: '#/requests', shows: 'partially succeeded' },
  { address: `#/requests/${mixed}`, shows: '4 devices' },
  { address: `#/requests/${mixed}?tab=timeline`, shows: 'As ThingSpace sent it' },
  { address: `#/requests/${lost[0]}?tab=submissions`, shows: 'connection lost' },
  { address: '#/failures', shows: 'the device is not on the account' },
  { address: '#/order', shows: 'New order' },
  { address: '#/quarantine', shows: 'Last received' },
  { address: `#/quarantine/${quarantined}`, shows: 'Still not understood.' },
  { address: '#/dead-letters', shows: 'Results that could not be recorded' },
  { address: '#/listeners', shows: 'DeviceProfileService' },
  { address: '#/logins', shows: 'default' },
  { address: '#/audit', shows: 'request: cancel' },
  { address: `#/cards/iccid/${card}`, shows: 'Execution error' },
  { address: `#/search?q=${card}`, shows: 'Understood as' },
  { address: `#/evidence/${mixed}`, shows: 'Each entry has the SHA-256' },
]

export function registerScreens({ stage, made }: Scene): void {
  describe('the screens', () => {
    test.each([
      { width: 1280, scheme: 'light' },
      { width: 1280, scheme: 'dark' },
      { width: 390, scheme: 'dark' },
    ] as const)(
      'open without a violation of axe-core and without scrolling sideways, $width pixels wide and $scheme',
      async ({ width, scheme }) => {
        const visit = await stage().visit({ account: accountName, width, scheme })
        await visit.signIn('operator')
        const found = []
        for (const { address, shows } of screensOf(made)) {
          await visit.go(address)
          await visit.sees(shows)
          const overflow = await visit.page.evaluate('document.documentElement.scrollWidth - innerWidth')
          found.push({ address, violations: await visit.violations(), isTooWide: Number(overflow) > 0 })
        }
        expect(found.filter(({ violations, isTooWide }) => violations.length > 0 || isTooWide)).toEqual([])
        await visit.close()
      },
    )

    test('show a reader the health of the chosen account as the API has it, and every account to choose from', async () => {
      const accounts = (await read(stage().stack, '/v1/accounts')) as { items: { accountName: string }[] }
      const path = `/v1/accounts/${accountName}`
      const { quarantined } = (await read(stage().stack, path)) as { quarantined: { messages: number } }
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('reader', '#/overview')
      await visit.sees(`Account ${accountName}`)
      const facts = await visit.page.$eval('section[aria-labelledby=account-health]', (panel) => panel.innerText)
      expect(facts).toMatch(/Account 0000123456-00001\s+served/)
      expect(facts).toMatch(/DeviceProfileService served (ours|was absent, now ours), checked \d+ (s|min) ago/)
      expect(facts).toMatch(/Unconfirmed\s+\d+ submissions?, \d+ awaiting a decision/)
      expect(facts).toMatch(new RegExp(`Quarantined\\s+${quarantined.messages}\\s`))
      expect(facts).toMatch(/Last callback\s+\d+ (s|min) ago/)
      const options = await visit.page.$$eval('.account option', (all) => all.map(({ value }) => value))
      expect(options).toEqual(accounts.items.map((each) => each.accountName).toSorted())
      expect(options.length).toBeGreaterThan(1)
      await visit.close()
    })

    test('show a filtered list of devices, and nothing of the others', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', `#/requests/${made.mixed}`)
      await visit.sees('4 devices')
      await visit.click('2 failed')
      await visit.sees('2 devices')
      await visit.fill('Find in these devices', made.card.slice(-7))
      await visit.sees('1 device')
      await visit.close()
    })

    test('explain each state, and show UTC for a time, on focus', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', `#/requests/${made.mixed}`)
      await visit.sees('Execution error')
      await visit.page.focus('h1 .state')
      await visit.sees('Some devices succeeded. Others failed, expired or were cancelled.')
      await visit.page.focus('.facts time')
      await visit.sees(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC/)
      await visit.page.keyboard.press('Escape')
      expect(await visit.text()).not.toContain(' UTC')
      await visit.close()
    })

    test('keep what they show while the network is gone, say so, and go on by themselves', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', `#/requests/${made.mixed}`)
      await visit.sees('Execution error')
      await visit.page.setOfflineMode(true)
      await visit.click('Refresh')
      await visit.sees('The gateway cannot be reached.')
      expect(await visit.text()).toContain('Execution error')
      await visit.page.setOfflineMode(false)
      await visit.page.waitForFunction("!document.body.innerText.includes('cannot be reached')")
      await visit.close()
    })

    test.each([
      { status: 429, shows: 'Too many calls at once.' },
      { status: 503, shows: 'The gateway could not answer (503).' },
      { status: 403, shows: 'Your sign-in does not allow this.' },
    ])('say in plain words that a call was answered $status', async ({ status, shows }) => {
      const visit = await stage().visit({ account: accountName })
      await visit.page.setRequestInterception(true)
      visit.page.on('request', (request) => {
        if (request.url().includes('/v1/requests?'))
          void request.respond({ status, body: '{"message":"no"}', contentType: 'application/json' })
        else void request.continue()
      })
      await visit.signIn('operator', '#/requests')
      await visit.sees(shows)
      await visit.close()
    })
  })
}

/** The largest request. It keeps the stack busy, so it comes last. */
export function registerLargest({ stage }: Scene): void {
  describe('a request for 10,000 devices', () => {
    test('scrolls to its last device with few rows in the page', async () => {
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator')
      // Cancelled at once, because 10,000 callbacks would keep the stack busy for long.
      const devices = Array.from({ length: 10_000 }, () => device('9016'))
      const { requestId } = await order(stage().stack, 'download', { servicePlan: 'M2M_4G', devices })
      await decide(stage().stack, requestId, 'cancel')
      await visit.go(`#/requests/${requestId}`)
      await visit.sees('10,000 devices')
      await visit.page.waitForFunction("!document.body.innerText.includes('more loading')", { timeout: 60_000 })
      await visit.page.focus('.virtual')
      await visit.page.keyboard.press('End')
      await visit.page.waitForSelector('#row-9999')
      expect(await visit.page.$$eval('.virtual-row', (rows) => rows.length)).toBeLessThan(80)
      await visit.page.keyboard.press('Enter')
      await visit.sees('Device 9999')
      await visit.close()
    })
  })
}
