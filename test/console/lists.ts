import { describe, expect, test } from 'vitest'
import type { HTTPRequest } from 'puppeteer-core'
import { read } from './orders.ts'
import { closeLatch } from './outage.ts'
import type { Scene } from './screens.ts'
import { accountName } from './stage.ts'

const answer = (request: HTTPRequest, body: unknown) =>
  void request.respond({ status: 200, body: JSON.stringify(body), contentType: 'application/json' })

const entry = (number: number) => ({
  id: `entry-${number}`,
  at: new Date(1_800_000_000_000 + number * 1000).toISOString(),
  act: 'latch.open',
  actor: 'operator:kim',
  via: 'ops',
  accountName: null,
  subject: `number-${number}`,
  detail: {},
  result: 'done',
  outcome: null,
})

/** Lists that change while somebody reads them. */
export function registerLists({ stage }: Scene): void {
  describe('a list that changes while it is read', () => {
    test('keeps every entry once when newer ones push some out of the first page, or when some disappear', async () => {
      let numbers = Array.from({ length: 9 }, (_, index) => 9 - index)
      const visit = await stage().visit({ account: accountName })
      await visit.page.setRequestInterception(true)
      visit.page.on('request', (request) => {
        const url = new URL(request.url())
        if (url.pathname !== '/v1/operate/audit') return void request.continue()
        const cursor = url.searchParams.get('cursor')
        const from = cursor === null ? 0 : numbers.findIndex((number) => number < Number(cursor))
        const page = numbers.slice(from, from + 3)
        return answer(request, { items: page.map(entry), nextCursor: page.at(-1) === 1 ? null : String(page.at(-1)) })
      })
      await visit.signIn('operator', '#/audit')
      const listed = async () =>
        visit.page.$$eval('tbody tr td:nth-child(4)', (cells) =>
          cells.map((cell) => Number(cell.textContent?.replace('number-', ''))),
        )
      const shows = async (wanted: readonly number[]) => {
        await expect.poll(listed, { timeout: 20_000 }).toEqual(wanted)
      }
      await shows([9, 8, 7])
      await visit.click('Show older entries')
      await shows([9, 8, 7, 6, 5, 4])
      for (let newest = 10; newest <= 12; newest += 1) {
        numbers.unshift(newest)
        await visit.click('Refresh')
        await shows(numbers.slice(0, -3))
      }
      numbers = numbers.filter((number) => number !== 11)
      await visit.click('Refresh')
      await shows(numbers.slice(0, -3))
      await visit.click('Show older entries')
      await shows(numbers)
      await visit.close()
    })

    test('shows a change at once, although an older answer was still on its way', async () => {
      const { stack } = stage()
      await closeLatch(stack)
      const old = await read(stack, '/v1/operate/latches')
      const visit = await stage().visit({ account: accountName })
      await visit.signIn('operator', '#/logins')
      await visit.sees('Open the latch…')
      const held: HTTPRequest[] = []
      await visit.page.setRequestInterception(true)
      visit.page.on('request', (request) => {
        if (request.url().endsWith('/v1/operate/latches') && held.length === 0) held.push(request)
        else void request.continue()
      })
      await visit.click('Refresh')
      await expect.poll(() => held.length).toBe(1)
      await visit.click('Open the latch…')
      await visit.page.locator('dialog[open] input[name=count]').fill('2')
      await visit.click('Open')
      await visit.page.waitForFunction("document.querySelector('dialog') === null")
      for (const request of held) answer(request, old)
      await visit.page.waitForFunction("!document.body.innerText.includes('Open the latch…')", { timeout: 5_000 })
      await visit.close()
    })
  })
}
