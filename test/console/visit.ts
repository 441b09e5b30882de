import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'puppeteer-core'
import type { Stack } from '../../local/stack.ts'
import type { Stage } from './stage.ts'

export type VisitOptions = { width?: number; height?: number; scheme?: 'light' | 'dark'; account?: string }

/** One window, and what a person does in it. */
export type Visit = {
  page: Page
  context: BrowserContext
  /** Opens the console at a screen and signs in as a person of the local issuer. */
  signIn: (person: string, address?: string) => Promise<void>
  /** Goes to a screen and waits for its heading. */
  go: (address: string) => Promise<void>
  /** Waits until the page shows a text. */
  sees: (text: string | RegExp) => Promise<void>
  text: () => Promise<string>
  /** Clicks the button or link with this name. */
  click: (name: string) => Promise<void>
  /** Types into the field with this label. */
  fill: (label: string, value: string) => Promise<void>
  /** Moves the focus with the Tab key until the element with this name has it. */
  tabTo: (name: string) => Promise<void>
  /** The violations that axe-core finds, in short. */
  violations: () => Promise<string[]>
  close: () => Promise<void>
}

const patience = { timeout: 40_000 }

let axe: Promise<string> | undefined

export async function openVisit(
  { browser, stack, seen }: { browser: Browser; stack: Stack; seen: Stage['seen'] },
  { width = 1280, height = 860, scheme = 'light', account }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  page.setDefaultTimeout(patience.timeout)
  await page.setViewport({ width, height })
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ])
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol.startsWith('http')) seen.hosts.add(host)
  })
  page.on('console', (message) => {
    // Answers of the gateway that are refusals are part of the tests.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      seen.complaints.push(message.text())
  })
  page.on('pageerror', (error) => seen.complaints.push(String(error)))

  const named = (name: string) => `::-p-aria([name="${name}"])`
  const text = async () => String(await page.evaluate('document.body.innerText'))
  const sees: Visit['sees'] = async (wanted) => {
    const shown = 'document.body.innerText'
    const condition =
      typeof wanted === 'string'
        ? `${shown}.includes(${JSON.stringify(wanted)})`
        : `new RegExp(${JSON.stringify(wanted.source)}, ${JSON.stringify(wanted.flags)}).test(${shown})`
    await page.waitForFunction(condition, { ...patience, polling: 50 }).catch(async () => {
      throw new Error(`The page does not show ${String(wanted)}, but:\n${await text()}`)
    })
  }
  const go: Visit['go'] = async (address) => {
    await page.evaluate(`location.hash = ${JSON.stringify(address)}`)
    await page.waitForSelector('main h1', patience)
  }
  return {
    page,
    context,
    go,
    sees,
    text,
    signIn: async (person, address = '') => {
      await page.goto(`${stack.apiUrl}/console${address}`)
      if (account !== undefined)
        await page.evaluate(`localStorage.setItem('console.account', ${JSON.stringify(account)})`)
      await page.locator(named('Sign in')).click()
      await page.waitForSelector(`#${person}`, patience)
      await page.locator(`#${person}`).click()
      await page.waitForSelector('header.top', patience)
    },
    click: async (name) => {
      // A dialog hides the page behind it, where another element may have the same name.
      const place = (await page.$('dialog[open]')) === null ? '' : 'dialog[open] '
      await page
        .locator(['button', 'link'].map((role) => `${place}::-p-aria([name="${name}"][role="${role}"])`).join(', '))
        .click()
        .catch(async (cause: unknown) => {
          throw new Error(`"${name}" cannot be clicked on:\n${await text()}`, { cause })
        })
    },
    fill: async (label, value) => page.locator(named(label)).fill(value),
    tabTo: async (name) => {
      for (let step = 0; step < 120; step += 1) {
        await page.keyboard.press('Tab')
        const found = await page.evaluate(
          `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.innerText ?? '').trim() === ${JSON.stringify(name)} || document.activeElement?.labels?.[0]?.innerText.trim() === ${JSON.stringify(name)}`,
        )
        if (found === true) return
      }
      throw new Error(`The Tab key does not lead to "${name}" on:\n${await text()}`)
    },
    violations: async () => {
      axe ??= readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
      await page.evaluate(await axe)
      const found = await page.evaluate(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')))`,
      )
      return found as string[]
    },
    close: async () => context.close(),
  }
}
