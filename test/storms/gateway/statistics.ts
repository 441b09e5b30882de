import { Sample } from '../engine/percentiles.ts'

/** A series of values over time: the largest of each minute. */
class Series {
  readonly points: [minute: number, value: number][] = []

  note(now: number, value: number): void {
    const minute = Math.floor(now / 60_000)
    const last = this.points.at(-1)
    if (last?.[0] === minute) last[1] = Math.max(last[1], value)
    else this.points.push([minute, value])
  }
}

/** What a storm counts beside its orders. */
export class Statistics {
  /** Callbacks that the endpoint refused, repeats included, and final results that never came through. */
  callbacksRefused = 0
  callbacksLost = 0
  callbacksTaken = 0
  ordersRefused = 0
  attempts = 0
  heldMessages = 0
  heldOrders = 0
  /** Harmless calls while calls had stopped. */
  probes = 0
  /** Submissions whose stored outcome comes from callbacks. */
  adopted = 0
  httpCalls = 0
  queueRequests = 0
  publications = 0
  invocations = 0
  lambdaMilliseconds = 0
  sweeps = 0
  /** Changes of the table that the stream delivers. */
  changes = 0
  longestSweepMilliseconds = 0
  mostSweepLagMilliseconds = 0
  /** From the endpoint's answer to the write of the result, in milliseconds. */
  readonly recordedAfter = new Sample()
  readonly callbacksWaiting = new Series()
  readonly workWaiting = new Series()
  readonly changesWaiting = new Series()
}
