import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser } from './find-browser.ts'
import { decide, device, order, quarantine, smsrOid, untilRequest } from './orders.ts'
import { type Made, registerLargest, registerScreens } from './screens.ts'
import { registerForms } from './forms.ts'
import { registerHeldOrders } from './held-orders.ts'
import { registerLists } from './lists.ts'
import { registerRepairs } from './repairs.ts'
import { registerSignIn } from './sign-in.ts'
import { accountName, setStage, type Stage } from './stage.ts'
import { registerWalks } from './walks.ts'

const browser = await findBrowser()
if (browser === undefined)
  console.warn(
    'Skipped: no browser for the tests of the console. Set CONSOLE_BROWSER to the path of Chrome or Chromium.',
  )

describe.skipIf(browser === undefined)('the console in a browser', { timeout: 90_000 }, () => {
  let stage: Stage
  const made: Made = { lost: [], mixed: '', card: '', quarantined: '' }

  // One stack and one browser serve all tests, because each takes seconds to start.
  beforeAll(async () => {
    if (browser === undefined) return
    stage = await setStage(browser)
    const { stack } = stage
    await stack.simulator?.setBadDays([{ kind: 'reset-after-accept', accountName, action: 'download', count: 3 }])
    for (let number = 0; number < 3; number += 1) {
      const lost = await order(stack, 'download', { servicePlan: 'M2M_4G', devices: [device('9016')] })
      made.lost.push(lost.requestId)
    }
    const failing = device('9005')
    made.card = failing.deviceIds[1]?.id ?? ''
    const mixed = { smsrOid, devices: [device(), failing, device('9008'), device('9002')] }
    made.mixed = (await order(stack, 'download_enable', mixed)).requestId
    const stopped = await order(stack, 'enable', {
      smsrOid,
      devices: Array.from({ length: 101 }, () => device('9016')),
    })
    await decide(stack, stopped.requestId, 'cancel')
    made.quarantined = await quarantine(stack, { what: 'unknown' })
    await untilRequest(stack, made.mixed, ({ final }) => final)
  }, 180_000)
  afterAll(async () => stage?.stop())

  const scene = { stage: () => stage, made }
  registerSignIn(scene)
  registerScreens(scene)
  registerForms(scene)
  registerWalks(scene)
  registerRepairs(scene)
  registerHeldOrders(scene)
  registerLists(scene)
  registerLargest(scene)

  test('calls no host but the gateway and the issuer, and breaks no rule of its content security policy', () => {
    const own = new Set([stage.stack.apiUrl, stage.stack.issuerUrl].map((url) => new URL(url).host))
    expect([...stage.seen.hosts].filter((host) => !own.has(host))).toEqual([])
    expect(stage.seen.complaints).toEqual([])
  })
})
