import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser } from './find-browser.ts'
import { device, order, type Ordered, smsrOid, untilRequest } from './orders.ts'
import { accountName, setStage, type Stage } from './stage.ts'

const browser = await findBrowser()
if (browser === undefined)
  console.warn(
    'Skipped: no browser for the tests of the console. Set CONSOLE_BROWSER to the path of Chrome or Chromium.',
  )

describe.skipIf(browser === undefined)('the console in a browser', () => {
  let stage: Stage
  const made: { mixed?: Ordered; lost?: Ordered } = {}

  beforeAll(async () => {
    if (browser === undefined) return
    stage = await setStage(browser)
    const { stack } = stage
    await stack.simulator?.setBadDays([{ kind: 'reset-after-accept', accountName, count: 1 }])
    made.lost = await order(stack, 'download', { servicePlan: 'M2M_4G', devices: [device('9016')] })
    made.mixed = await order(stack, 'download_enable', {
      smsrOid,
      devices: [device(), device('9005'), device('9008'), device('9002')],
    })
    await untilRequest(stack, made.mixed.requestId, ({ final }) => final)
  }, 120_000)
  afterAll(async () => stage?.stop())

  test('lets a person sign in at the issuer, and shows the requests of the account', async () => {
    const visit = await stage.visit({ account: accountName })
    await visit.signIn('operator', '#/requests')
    await visit.sees('Olivia Operator')
    await visit.sees('partially succeeded')
    expect(await visit.page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])')).not.toMatch(/eyJ/)
    expect(visit.page.url()).not.toContain('code=')
    await visit.close()
  })

  test('shows a request with its devices, and why one of them failed', async () => {
    const visit = await stage.visit({ account: accountName })
    await visit.signIn('operator', `#/requests/${made.mixed?.requestId}`)
    await visit.sees('Execution error')
    await visit.click('2 failed')
    await visit.sees('Nothing more happens.')
    expect(await visit.text()).not.toContain('8914 8000 0000 0409 002')
    await visit.close()
  })

  test('has no violations of axe-core on any screen', async () => {
    const visit = await stage.visit({ account: accountName })
    await visit.signIn('operator', '#/requests')
    for (const address of ['#/requests', `#/requests/${made.mixed?.requestId}`, '#/order']) {
      await visit.go(address)
      expect({ address, violations: await visit.violations() }).toEqual({ address, violations: [] })
    }
    await visit.close()
  })

  test('calls no host but the gateway and the issuer, and breaks no rule of its content security policy', () => {
    const own = new Set([stage.stack.apiUrl, stage.stack.issuerUrl].map((url) => new URL(url).host))
    expect([...stage.seen.hosts].filter((host) => !own.has(host))).toEqual([])
    expect(stage.seen.complaints).toEqual([])
  })
})
