import type { Device } from '../order/identifiers.ts'
import type { Page, PageCall } from '../ports.ts'
import type { ProfileRequest } from './request.ts'
import type { Submission } from './submission.ts'
import type { Summary } from './summary.ts'

/** Requests and their devices. */
export type RequestStore = {
  /**
   * Writes a request in one transaction, together with its manifest parts (none if the request holds its manifest) and,
   * if it has only one, its submission. `exists` returns the stored request with this id. A repeat of the same call
   * returns `created`.
   */
  createRequest(creation: {
    request: ProfileRequest
    parts: readonly Uint8Array[]
    submission?: Submission
  }): Promise<{ kind: 'created' } | { kind: 'exists'; request: ProfileRequest }>
  /** The stored version of a request. The read is eventually consistent, and cheap for a caller that waits. */
  peekVersion(requestId: string): Promise<number | undefined>
  getRequest(requestId: string): Promise<ProfileRequest | undefined>
  /** Reads a range of devices from the manifest. Throws if a part of the manifest is missing. */
  getDevices(
    request: Pick<ProfileRequest, 'requestId' | 'generation' | 'manifest' | 'deviceCount'>,
    firstDevice: number,
    deviceCount: number,
  ): Promise<Device[]>
  /**
   * Asks for a summary at `dueAt` that reads the `reopened` submissions again. Returns false, and writes nothing, if
   * the request has changed since it was read.
   */
  askForSummary(request: ProfileRequest, wish: { dueAt: number; reopened: ReadonlySet<number> }): Promise<boolean>
  /**
   * Marks the start of a summary that was asked for. If another one is asked for later, it is a new one. Returns false
   * if the request has changed since it was read.
   */
  beginSummary(request: ProfileRequest): Promise<boolean>
  /**
   * Writes a summary and increments the version. Returns false if the version has changed since the request was read.
   * If another summary was asked for meanwhile, its date and its reopened submissions stay.
   */
  saveSummary(
    request: ProfileRequest,
    summary: Summary,
    dates: { now: number; dueAt: number | undefined },
  ): Promise<boolean>
  /** Marks a request as cancelled, so that no further attempt of it begins. */
  markCancelled(requestId: string, now: number, by?: string): Promise<void>
  /**
   * Links a request to one that orders its failed devices again, before that one is stored. The version stays, because
   * no summary changes. A repeat writes nothing.
   */
  linkReorder(request: Pick<ProfileRequest, 'requestId' | 'generation'>, reorderId: string): Promise<void>
  /** Lists the requests of one account, newest first, created within [createdAfter, createdBefore). */
  listRequests(
    accountName: string,
    range: { createdAfter?: number; createdBefore?: number },
    page: PageCall,
  ): Promise<Page<ProfileRequest>>
  /** The cursor that continues the list of an account after this request. */
  cursorBehind(request: Pick<ProfileRequest, 'createdAt' | 'requestId'>): string
}

/** Identifies a request and its generation. All items of a request are found by both. */
export type RequestName = Pick<ProfileRequest, 'requestId' | 'generation'>

export type RetentionStore = {
  /**
   * Starts the retention period of a request and all its items (results included) again at `now`. Items that expire
   * later anyway are not changed. The request is renewed last, so it never outlives a part of it.
   */
  keepLonger(
    request: Pick<ProfileRequest, 'requestId' | 'generation' | 'accountName' | 'deviceCount'>,
    now: number,
  ): Promise<void>
}
