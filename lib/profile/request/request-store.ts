import type { Device } from '../order/identifiers.ts'
import type { Page, PageCall } from '../ports.ts'
import type { ProfileRequest } from './request.ts'
import type { Submission } from './submission.ts'
import type { Summary } from './summary.ts'

export type RequestStore = {
  /**
   * The commit point: request, manifest parts (none where the request holds its manifest itself) and (where one is
   * enough) its submission, all or nothing.
   * `exists` gives the request that has this id already; a repeat of the very same call counts as created.
   */
  createRequest(creation: {
    request: ProfileRequest
    parts: readonly Uint8Array[]
    submission?: Submission
  }): Promise<{ kind: 'created' } | { kind: 'exists'; request: ProfileRequest }>
  getRequest(requestId: string): Promise<ProfileRequest | undefined>
  /** The devices of a range of positions, from the manifest: all of them. Throws if the manifest is not whole. */
  getDevices(
    request: Pick<ProfileRequest, 'requestId' | 'generation' | 'manifest' | 'deviceCount'>,
    firstDevice: number,
    deviceCount: number,
  ): Promise<Device[]>
  /** Asks for a summary by a date, and for submissions to be read again. Not if the request has changed since it was read. */
  askForSummary(request: ProfileRequest, wish: { dueAt: number; reopened: ReadonlySet<number> }): Promise<boolean>
  /** Begins a summary that somebody asked for: whoever asks from now on, asks for another. Not if the request has changed. */
  beginSummary(request: ProfileRequest): Promise<boolean>
  /**
   * Writes a summary with version + 1, if the stored version is still the one that was summarised. The date and the submissions
   * of a wish that came meanwhile stay.
   */
  saveSummary(
    request: ProfileRequest,
    summary: Summary,
    dates: { now: number; dueAt: number | undefined },
  ): Promise<boolean>
  /** Remembers that nothing more of this request may be sent. */
  markCancelled(requestId: string, now: number, by?: string): Promise<void>
  /** Requests of one account, newest first, created within [after, before). */
  listRequests(
    accountName: string,
    range: { createdAfter?: number; createdBefore?: number },
    page: PageCall,
  ): Promise<Page<ProfileRequest>>
  /** The cursor that goes on behind a request in its account's list. */
  cursorBehind(request: Pick<ProfileRequest, 'createdAt' | 'requestId'>): string
}

/** Names a request together with its generation: what everything that belongs to it is found by. */
export type RequestName = Pick<ProfileRequest, 'requestId' | 'generation'>

export type RetentionStore = {
  /**
   * Keeps a request and all that belongs to it (results included) as if it were made now; what is that new already is
   * left. The request itself comes last: it never outlives a part of it.
   */
  keepLonger(request: Pick<ProfileRequest, 'requestId' | 'generation' | 'accountName'>, now: number): Promise<void>
}
