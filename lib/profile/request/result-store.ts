import type { Device } from '../order/identifiers.ts'
import type { NormalisedCallback } from './callback.ts'
import type { Result, UpstreamName } from './result.ts'

/** Callbacks and the results that they make. */
export type ResultStore = {
  /**
   * Stores one callback under its upstream request id, in one conditional write and without reading the request.
   * - `recorded`: it is the result of its device now.
   * - `duplicate`: the same message was stored before.
   * - `outranked`: kept in addition to a result that takes precedence.
   * - `conflict`: kept in addition to a different final result, which is flagged.
   * - `full`: there is no room for more messages about this device. The caller must store the message elsewhere.
   */
  recordResult(
    callback: NormalisedCallback,
    arrival: { accountName: string; receivedAt: number },
  ): Promise<'recorded' | 'duplicate' | 'outranked' | 'conflict' | 'full'>
  listResults(upstream: UpstreamName): Promise<Result[]>
}

/** The submission that an upstream request id belongs to. */
export type UpstreamLink = { requestId: string; submission: number }

/** An upstream request id that has results but belongs to no submission yet. Its results name its devices. */
export type Orphan = UpstreamName & { firstReceivedAt: number; dueAt: number }

/** Upstream request ids: those that belong to a submission, and orphans. */
export type UpstreamStore = {
  findUpstreamLink(upstream: UpstreamName): Promise<UpstreamLink | undefined>
  /**
   * Stores an orphan and an index entry for each identifier of `named`, a device that its results name. Returns the
   * stored orphan, which keeps the dates of its first callback.
   */
  saveOrphan(orphan: Orphan, named: Device): Promise<Orphan>
  /**
   * Lists upstream request ids of an account that were orphans when a callback named one of these identifiers. Some may
   * belong to a submission by now.
   */
  listOrphansOf(accountName: string, named: Device): Promise<string[]>
  getOrphan(upstream: UpstreamName): Promise<Orphan | undefined>
  postponeOrphan(upstream: UpstreamName, dueAt: number): Promise<void>
  removeOrphan(upstream: UpstreamName): Promise<void>
}
