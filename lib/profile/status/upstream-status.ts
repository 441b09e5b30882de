import type { Identifier } from '../order/identifiers.ts'
import type { UpstreamError } from '../request/outcome.ts'

export type UpstreamState = 'pending' | 'succeeded' | 'failed' | 'unrecognised'

/** The answer of ThingSpace's status calls: the state of the request, and of its devices or profiles if it lists them. */
export type UpstreamStatus = {
  kind: 'found'
  upstreamRequestId: string
  state: UpstreamState
  devices: readonly { identifiers: readonly Identifier[]; state: UpstreamState }[]
}

/** Asks ThingSpace for the status of a request. Fails with a cause instead of throwing. */
export type UpstreamStatusLookUp = (call: {
  accountName: string
  upstreamRequestId: string
}) => Promise<UpstreamStatus | { kind: 'failed'; cause: string; error: UpstreamError }>
