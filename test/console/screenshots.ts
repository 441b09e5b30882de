import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../../deploy/esbuild-options.ts'
import { findBrowser } from './find-browser.ts'
import { decide, device, order, quarantine, smsrOid, untilRequest } from './orders.ts'
import { accountName, setStage, type Stage } from './stage.ts'
import type { Visit } from './visit.ts'

// `npm run console-screenshots` writes the pictures of docs/console.md from a stack with a bad day.

const folder = join(projectRoot, 'docs', 'images')

/** Some days' worth of orders: most succeed, some fail in different ways, two answers are lost. */
async function liveThrough({ stack }: Stage): Promise<{ large: string; lost: string; card: string }> {
  const ends = ['9001', '9001', '9001', '9005', '9001', '9001', '9008', '9001', '9001', '9007', '9001', '9023']
  const many = (count: number) => Array.from({ length: count }, (_, index) => device(ends[index % (ends.length - 1)]))
  await stack.simulator?.setBadDays([{ kind: 'reset-after-accept', accountName, action: 'download', count: 2 }])
  const lost = await order(stack, 'download', { servicePlan: 'M2M_4G', devices: [device('9016')] })
  await order(stack, 'download', { servicePlan: 'M2M_4G', devices: [device('9016'), device('9016')] })
  await stack.simulator?.setBadDays([])
  const large = await order(stack, 'download_enable', { smsrOid, devices: many(300) })
  const failing = device('9002')
  const card = failing.deviceIds[1]?.id ?? ''
  await order(stack, 'download_enable', { smsrOid, devices: [failing] })
  for (const action of ['enable', 'disable', 'enable']) await order(stack, action, { smsrOid, devices: many(8) })
  await order(stack, 'disable', { smsrOid, devices: [device('9023')] })
  await order(stack, 'enable', { smsrOid, devices: [failing, device('9016')] })
  await quarantine(stack, { what: 'a notice', deviceIds: [{ kind: 'iccid', id: card }] })
  await untilRequest(stack, large.requestId, ({ final }) => final)
  await untilRequest(stack, lost.requestId, ({ next }) => next?.what === 'decision')
  return { large: large.requestId, lost: lost.requestId, card }
}

/** Waits until the screen shows a text and nothing moves any more, then takes its picture. */
async function picture(visit: Visit, name: string, shows: string): Promise<void> {
  await visit.sees(shows)
  await visit.page.mouse.move(0, 0)
  await new Promise((resolve) => setTimeout(resolve, 700))
  await visit.page.screenshot({ path: join(folder, `console-${name}.png`), optimizeForSpeed: false })
}

const browser = await findBrowser()
if (browser === undefined)
  throw new Error('There is no browser. Set CONSOLE_BROWSER to the path of Chrome or Chromium.')
await mkdir(folder, { recursive: true })
const stage = await setStage(browser)
try {
  const { large, lost, card } = await liveThrough(stage)
  const visit = await stage.visit({ account: accountName, width: 1200, height: 780 })
  await visit.signIn('operator', '#/overview')
  await picture(visit, 'overview', 'Last callback')
  await visit.go('#/decisions')
  await visit.sees('download')
  await visit.page.click('input[aria-label="Select all"]')
  await visit.click('Retry 2 selected…')
  await picture(visit, 'decisions', 'Sends it again')
  await visit.page.keyboard.press('Escape')
  for (const { name, address, shows } of [
    { name: 'requests', address: '#/requests', shows: 'partially succeeded' },
    { name: 'request', address: `#/requests/${large}`, shows: 'Execution error' },
    { name: 'unconfirmed', address: `#/requests/${lost}?tab=submissions`, shows: 'connection lost' },
    { name: 'failures', address: '#/failures', shows: 'add the device to the account' },
    { name: 'card', address: `#/cards/iccid/${card}`, shows: 'Orders' },
    { name: 'quarantine', address: '#/quarantine', shows: 'Last received' },
    { name: 'evidence', address: `#/evidence/${lost}`, shows: 'Each entry' },
  ]) {
    await visit.go(address)
    await picture(visit, name, shows)
  }
  await visit.go(`#/requests/${lost}?tab=timeline`)
  await picture(visit, 'timeline', 'oldest first')
  await decide(stage.stack, lost, 'retry')
  await visit.go('#/audit')
  await picture(visit, 'audit', 'request: retry')
  await visit.go('#/order')
  await visit.page.locator('input[name=smsrOid]').fill(smsrOid)
  const text = [device(), device(), device()].map(({ deviceIds }) => deviceIds.map(({ id }) => id).join(', '))
  await visit.page.locator('textarea').fill(['eid, iccid', ...text].join('\n'))
  await visit.click('Show the plan…')
  await picture(visit, 'order', 'The plan')
  await visit.close()
  const phone = await stage.visit({ account: accountName, width: 390, height: 780, scheme: 'dark' })
  await phone.signIn('operator', '#/overview')
  await picture(phone, 'phone', 'Open requests')
  await phone.close()
} finally {
  await stage.stop()
}
process.exit(0)
