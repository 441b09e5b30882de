import { prices } from '../../bench/cost.ts'
import { deployed } from '../gateway/deployed.ts'
import type { StormWorld } from '../gateway/storm-world.ts'

/**
 * What a storm cost in dollars, without logs, reads of callers, and the sweeps of an idle gateway. Lambda's time contains
 * the time spent waiting for ThingSpace.
 */
export function dollarsOf({ statistics, calls }: StormWorld): number {
  const { httpCalls, queueRequests, publications, invocations, lambdaMilliseconds, sweeps } = statistics
  const gigabyteSeconds = (lambdaMilliseconds / 1000) * (deployed.memoryMegabytes / 1024)
  return (
    httpCalls * prices.httpCall +
    calls.units.write * prices.writeUnit +
    (calls.units.read - sweeps * readsOfIdleSweep) * prices.readUnit +
    queueRequests * prices.queueRequest +
    publications * 10 * prices.publication +
    (invocations - sweeps) * prices.lambdaCall +
    gigabyteSeconds * prices.gigabyteSecond
  )
}

/** docs/cost.md lists the sweeps among the fixed costs. */
const readsOfIdleSweep = 2.5
