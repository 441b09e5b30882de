import { attempt, fail, type Finding, ok, unknown, warn } from './finding.ts'
import type { Check, CheckSources } from './sources.ts'

/** A date header has whole seconds, and the call takes time. */
const noticeableMilliseconds = 30_000
/** AWS refuses calls that were signed more than five minutes ago. */
const refusedMilliseconds = 5 * 60_000

/** The clock of this machine against those of AWS and ThingSpace. Leases and expiry compare clocks. */
export const checkClock: Check = async (sources) => [
  ...(await attempt('clock of AWS', async () => skewFinding('clock of AWS', `${sources.publicUrl()}/health`, sources))),
  ...(await attempt('clock of ThingSpace', async () =>
    skewFinding('clock of ThingSpace', sources.thingSpaceUrl(), sources),
  )),
]

async function skewFinding(name: string, url: string, { fetch, clock }: CheckSources): Promise<Finding> {
  const { date } = await fetch(url)
  if (date === undefined) return unknown(name, 'the answer has no date')
  const skew = clock() - date
  const means = `differs from this machine by ${Math.round(skew / 1000)} s`
  if (Math.abs(skew) > refusedMilliseconds) return fail(name, means, 'synchronise the clock of this machine (NTP)')
  return Math.abs(skew) > noticeableMilliseconds
    ? warn(name, means, 'synchronise the clock of this machine (NTP)')
    : ok(name, means)
}
