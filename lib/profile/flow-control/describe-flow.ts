import type { InspectedFlow } from './inspect-flow.ts'

const isoOrNull = (instant: number | undefined) => (instant === undefined ? null : new Date(instant).toISOString())

/** A credential set's flow as answers show it: over HTTP and as JSON at the command line. */
export const describeFlow = (flow: InspectedFlow) => ({
  credentialSet: flow.credentialSet,
  state: flow.state,
  limit: flow.limit,
  largestLimit: flow.most,
  underWay: flow.underWay ?? null,
  pausedUntil: isoOrNull(flow.pause?.until),
  pausedBecause: flow.pause?.why ?? null,
  failures: flow.failures,
  loweredAt: isoOrNull(flow.loweredAt),
})
