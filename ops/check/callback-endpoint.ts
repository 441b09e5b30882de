import { writeCallbackTest } from '../../lib/profile/callback/callback-test.ts'
import { attempt, causeOf, fail, type Finding, ok, unknown, warn } from './finding.ts'
import type { Check, CheckSources, HttpAnswer } from './sources.ts'

const waitMilliseconds = 20_000
const everyMilliseconds = 250
/** SQS and record-callbacks wait up to a second for a batch. Ten seconds are more than a cold start. */
const slowMilliseconds = 10_000

/** The API from outside, and a test callback that is followed from the endpoint into the table. */
export const checkCallbackEndpoint: Check = async (sources) => [
  ...(await attempt('api', async () => apiFinding(sources))),
  ...(await attempt('callback endpoint', async () => endpointFinding(sources))),
]

async function apiFinding({ fetch, publicUrl }: CheckSources): Promise<Finding> {
  const url = `${publicUrl()}/health`
  const mend = 'compare publicHost, its DNS record and certificate with docs/deploying.md'
  try {
    const { status, milliseconds } = await fetch(url)
    return status === 200
      ? ok('api', `answers in ${milliseconds} ms`)
      : fail('api', `${url} was answered ${status}`, mend)
  } catch (error) {
    return fail('api', `${url} cannot be reached: ${causeOf(error)}`, mend)
  }
}

async function endpointFinding(sources: CheckSources): Promise<Finding> {
  const name = 'callback endpoint'
  const { username, current: password } = await sources.listenerSecret()
  const [accountName = 'test'] = sources.accounts()
  const testId = sources.newId()
  const begun = sources.clock()
  let answer: HttpAnswer
  try {
    answer = await sources.fetch(await sources.callbackUrl(accountName), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: writeCallbackTest({ testId, credentials: { username, password } }),
    })
  } catch (error) {
    return fail(name, `it cannot be reached: ${causeOf(error)}`, 'compare publicHost with docs/deploying.md')
  }
  if (answer.status !== 200) {
    return fail(
      name,
      `a test callback was answered ${answer.status}: ThingSpace's callbacks are lost`,
      answer.status === 404
        ? 'the route has another secret part: deploy again, so that the route takes the current secret'
        : 'look at the access log, the callbacks queue and its key',
    )
  }
  while (sources.clock() < begun + waitMilliseconds) {
    const stored = await sources.store().readCallbackTest(testId)
    if (stored !== undefined) return timedFinding(name, sources.clock() - begun)
    await sources.sleep(everyMilliseconds)
  }
  const { visible, inFlight } = await sources.countQueue('callbacks')
  if (visible + inFlight > 1000) return unknown(name, `the test callback waits behind ${visible + inFlight} others`)
  return fail(
    name,
    `a test callback was accepted, but not recorded within ${waitMilliseconds / 1000} s`,
    'look at the trigger and the log of record-callbacks; a wrong password sends the test to quarantine',
  )
}

const timedFinding = (name: string, milliseconds: number): Finding =>
  milliseconds > slowMilliseconds
    ? warn(name, `a test callback was recorded after ${milliseconds} ms`, 'look at the throttles of record-callbacks')
    : ok(name, `a test callback was recorded after ${milliseconds} ms`)
