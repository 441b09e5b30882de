import { setTimeout as sleep } from 'node:timers/promises'
import { buildConsole } from '../../../deploy/build-console.ts'
import { findBrowser } from '../../console/find-browser.ts'
import { decide, device, order, smsrOid, untilRequest } from '../../console/orders.ts'
import { accountName, setStage, type Stage } from '../../console/stage.ts'
import { atMost, type Bench, type Findings, number } from '../findings.ts'
import { spreadOf } from '../measuring/sampling.ts'
import { withSpread } from '../measuring/show.ts'

const rounds = { quick: 5, full: 15 }

/** The first useful paint of two screens, from the load of the page, in a browser with an empty cache. */
export async function run({ mode, say }: Bench): Promise<Findings> {
  const files = await buildConsole()
  const browser = await findBrowser()
  if (browser === undefined) throw new Error('there is no browser; set CONSOLE_BROWSER')
  const stage = await setStage(browser)
  try {
    const requestId = await liveThrough(stage)
    const overview: number[] = []
    const largest: number[] = []
    for (let round = 0; round < rounds[mode]; round += 1) {
      overview.push(await paintOf(stage, '#/overview', '.tiles'))
      largest.push(await paintOf(stage, `#/requests/${requestId}`, '.virtual-row'))
      say(`round ${round + 1} of ${rounds[mode]}`)
    }
    const gzipBytes = files.reduce((sum, file) => sum + file.gzipBytes, 0)
    return {
      method: [
        'The console in Chromium on the local stack, a new profile of the browser each time. The time runs from the load of the page after the sign-in at the issuer, so it contains the scripts, the exchange of the code, the calls of the API and the drawing. The overview is useful when its counts are there, the request when its first rows are.',
      ],
      tables: [
        {
          title: 'First useful paint, ms',
          head: ['Screen', 'Median (range)'],
          rows: [
            ['Overview', withSpread(overview)],
            ['A request for 10,000 devices', withSpread(largest)],
          ],
        },
        {
          title: 'Files of the console, KB',
          head: ['File', 'Bytes', 'Brotli', 'gzip'],
          rows: files.map(({ name, bytes, brotliBytes, gzipBytes: zipped }) => [
            name.replace(/-[^-]*(?=\.)/, ''),
            number(bytes / 1000),
            number(brotliBytes / 1000),
            number(zipped / 1000),
          ]),
        },
      ],
      targets: [
        atMost('first useful paint of the overview, median, ms', 1000, spreadOf(overview).median),
        atMost('first useful paint of a request for 10,000 devices, median, ms', 1000, spreadOf(largest).median),
        atMost('KB of the console in all, gzip', 120, gzipBytes / 1000),
      ],
      plots: [],
    }
  } finally {
    await stage.stop()
  }
}

/** Some requests for the overview, and the largest possible one, which is cancelled so that it does not go on meanwhile. */
async function liveThrough({ stack }: Stage): Promise<string> {
  for (let made = 0; made < 20; made += 1) await order(stack, 'enable', { smsrOid, devices: [device()] })
  const devices = Array.from({ length: 10_000 }, () => device())
  const { requestId } = await order(stack, 'download', { servicePlan: 'M2M_4G', devices })
  await decide(stack, requestId, 'cancel')
  await untilRequest(stack, requestId, ({ status }) => status === 'cancelled' || status === 'submitted')
  await sleep(3000)
  return requestId
}

async function paintOf(stage: Stage, address: string, selector: string): Promise<number> {
  const visit = await stage.visit({ account: accountName })
  await visit.page.evaluateOnNewDocument(`
    new MutationObserver(() => {
      if (window.paintedAt === undefined && document.querySelector(${JSON.stringify(selector)}) !== null)
        requestAnimationFrame(() => (window.paintedAt ??= performance.now()))
    }).observe(document, { childList: true, subtree: true })`)
  await visit.signIn('operator', address)
  await visit.page.waitForFunction('window.paintedAt !== undefined')
  const painted = Number(await visit.page.evaluate('window.paintedAt'))
  await visit.close()
  return painted
}
