import type { Device } from '../order/identifiers.ts'
import type { NormalisedCallback } from './callback.ts'
import type { Result, UpstreamName } from './result.ts'

export type ResultStore = {
  /**
   * Writes one callback, keyed by its upstream request id: no read, no knowledge of our request.
   * `duplicate`: seen before. `outranked`: kept beside a result that weighs more. `conflict`: a second, different final,
   * kept and flagged. `full`: too much evidence for one device; the caller must keep the message elsewhere.
   */
  recordResult(
    callback: NormalisedCallback,
    arrival: { accountName: string; receivedAt: number },
  ): Promise<'recorded' | 'duplicate' | 'outranked' | 'conflict' | 'full'>
  listResults(upstream: UpstreamName): Promise<Result[]>
}

export type UpstreamLink = { requestId: string; submission: number }

/** An upstream request id that nobody owns. Its devices are what its results name. */
export type Orphan = UpstreamName & { firstReceivedAt: number; dueAt: number }

export type UpstreamStore = {
  /** Which submission an upstream request id belongs to, if anybody knows. */
  findUpstreamLink(upstream: UpstreamName): Promise<UpstreamLink | undefined>
  /**
   * Remembers an upstream request id that nobody knows, and the devices that a result of it names. Gives the orphan as
   * it stands: the first sight of it counts.
   */
  saveOrphan(orphan: Orphan, named: Device): Promise<Orphan>
  /** Upstream request ids of an account that were orphans when a callback named one of these identifiers; some may have an owner by now. */
  listOrphansOf(accountName: string, named: Device): Promise<string[]>
  getOrphan(upstream: UpstreamName): Promise<Orphan | undefined>
  postponeOrphan(upstream: UpstreamName, dueAt: number): Promise<void>
  removeOrphan(upstream: UpstreamName): Promise<void>
}
