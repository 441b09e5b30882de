import type { Identifier } from '../order/identifiers.ts'
import type { UpstreamError } from '../request/outcome.ts'

export type UpstreamState = 'pending' | 'succeeded' | 'failed' | 'unrecognised'

/** What ThingSpace's status calls say of a request: as a whole, and of each of its devices or profiles where they do. */
export type UpstreamStatus = {
  kind: 'found'
  upstreamRequestId: string
  state: UpstreamState
  devices: readonly { identifiers: readonly Identifier[]; state: UpstreamState }[]
}

export type UpstreamStatusLookUp = (call: {
  accountName: string
  upstreamRequestId: string
}) => Promise<UpstreamStatus | { kind: 'failed'; cause: string; error: UpstreamError }>
