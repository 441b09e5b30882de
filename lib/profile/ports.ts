/**
 * What the domain asks of the world. Types only: lib/store, lib/thingspace and lib/events implement them, test/fakes too.
 * Times are epoch milliseconds; delays are seconds where SQS and HTTP count in seconds.
 */
import type { ActionName, Family } from './action-names.ts'
import type { NormalisedCallback } from './callback.ts'
import type { DeviceShape } from './device-shape.ts'
import type { Device, Identifier } from './identifiers.ts'
import type { SubmissionOutcome, UpstreamError } from './outcome.ts'
import type { DeviceLink, Fold, ProfileRequest, Result, Submission, UpstreamName } from './request.ts'
import type { AccountEvent, RequestEvent } from './request-events.ts'

export type Clock = () => number
/** A number in [0, 1). */
export type Random = () => number

export type SubmitCall = {
  accountName: string
  action: ActionName
  family: Family
  /** The body's members beside `accountName` and `devices`, as the app sent them. */
  fields: Readonly<Record<string, unknown>>
  devices: readonly Device[]
  /** How the body wrote its devices, if not as `deviceIds`. */
  deviceShape?: DeviceShape | undefined
  /** How long the whole call may take, credentials included. */
  budgetMilliseconds: number
}

export type ThingSpace = {
  /** One attempt: at most one accepted POST. Never throws for what may happen on the wire; that is the outcome. */
  submit(call: SubmitCall): Promise<SubmissionOutcome>
}

export type RequestStatusState = 'pending' | 'succeeded' | 'failed' | 'unrecognised'

/** What ThingSpace's status calls say of a request: as a whole, and of each of its devices or profiles where they do. */
export type RequestStatus = {
  kind: 'found'
  upstreamRequestId: string
  state: RequestStatusState
  devices: readonly { identifiers: readonly Identifier[]; state: RequestStatusState }[]
}

export type RequestStatusLookUp = (call: {
  accountName: string
  upstreamRequestId: string
}) => Promise<RequestStatus | { kind: 'failed'; cause: string; error: UpstreamError }>

/** Names that the logger has of its own; fields of these names would be lost. */
export const reservedFields = ['level', 'message', 'sampling_rate', 'service', 'timestamp'] as const
type Unreserved = { readonly [Name in (typeof reservedFields)[number]]?: never }

export type Fields = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>> & Unreserved

/** Structured logging; identifiers masked by the caller, secrets never handed over. */
export type Log = {
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  /** `error` among the fields is what was caught. */
  error(message: string, fields?: Readonly<Record<string, unknown>> & Unreserved): void
}

/** A page of anything, newest or first first; `cursor` continues it and is absent at the end. */
export type Page<Row> = { rows: Row[]; cursor?: string }
export type PageCall = { limit: number; cursor?: string }

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
  /** Asks for a fold by a date, and for submissions to be read again. Not if the request has changed since it was read. */
  askForFold(request: ProfileRequest, wish: { dueAt: number; reopened: ReadonlySet<number> }): Promise<boolean>
  /** Begins a fold that somebody asked for: whoever asks from now on, asks for another. Not if the request has changed. */
  takeFold(request: ProfileRequest): Promise<boolean>
  /**
   * Writes a fold with version + 1, if the stored version is still the one that was folded. The date and the submissions
   * of a wish that came meanwhile stay.
   */
  saveFold(request: ProfileRequest, fold: Fold, dates: { now: number; dueAt: number | undefined }): Promise<boolean>
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

export type SubmissionStore = {
  /** Creates what is not there yet; what exists stays as it is. */
  createSubmissions(submissions: readonly Submission[]): Promise<void>
  getSubmission(request: RequestName, submission: number): Promise<Submission | undefined>
  /** All submissions of a request, or those that hold devices of a range of positions, in the order of their devices. */
  listSubmissions(request: RequestName, range?: { from: number; count: number }): Promise<Submission[]>
  /** Replaces a submission if it is still at the revision of `seen`; else gives the current one. */
  saveSubmission(next: Submission, seen: Pick<Submission, 'revision'>): Promise<SavedSubmission>
  /** Replaces a submission by its first half and creates the second, both or neither. */
  saveSplit(
    halves: { first: Submission; second: Submission },
    seen: Pick<Submission, 'revision'>,
  ): Promise<SavedSubmission>
  /** The same in one transaction with the map item from the upstream request id to this submission. */
  saveAccepted(next: Submission, seen: Pick<Submission, 'revision'>, upstream: UpstreamName): Promise<SavedSubmission>
  /** Counts a pointer that went to the dead-letter queue. Unfenced: a transition at the same moment may win over it. */
  noteDeadLetter(request: RequestName, submission: number): Promise<void>
}

export type SavedSubmission = { kind: 'saved' } | { kind: 'changed'; current: Submission }

export type UpstreamOwner = { requestId: string; submission: number }

/** An upstream request id that nobody owns. Its devices are what its results name. */
export type Orphan = UpstreamName & { firstReceivedAt: number; dueAt: number }

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

export type UpstreamStore = {
  /** Which submission an upstream request id belongs to, if anybody knows. */
  findOwner(upstream: UpstreamName): Promise<UpstreamOwner | undefined>
  /**
   * Remembers an upstream request id that nobody knows, and the devices that a result of it names. Gives the orphan as
   * it stands: the first sight of it counts.
   */
  noteOrphan(orphan: Orphan, named: Device): Promise<Orphan>
  /** Upstream request ids of an account that were orphans when a callback named one of these identifiers; some may have an owner by now. */
  listOrphansOf(accountName: string, named: Device): Promise<string[]>
  getOrphan(upstream: UpstreamName): Promise<Orphan | undefined>
  postponeOrphan(upstream: UpstreamName, dueAt: number): Promise<void>
  removeOrphan(upstream: UpstreamName): Promise<void>
}

export type RetentionStore = {
  /**
   * Keeps a request and all that belongs to it (results included) as if it were made now; what is that new already is
   * left. The request itself comes last: it never outlives a part of it.
   */
  keepLonger(request: Pick<ProfileRequest, 'requestId' | 'generation' | 'accountName'>, now: number): Promise<void>
}

export type DeviceStore = {
  /** They are kept from the creation of their request on, or from a later moment. */
  writeLinks(links: readonly DeviceLink[], keptFrom?: number): Promise<void>
  /**
   * The links of one device by the key of one of its identifiers, newest first: those of the orders that named it, or
   * those of the requests whose results alone did.
   */
  listLinks(identifierKey: string, page: PageCall, namedBy?: 'order' | 'result'): Promise<Page<DeviceLink>>
  /** The cursor that goes on behind one link of a device's list. */
  cursorBehindLink(link: Pick<DeviceLink, 'identifier' | 'createdAt' | 'requestId' | 'position' | 'generation'>): string
}

export type Quarantined = { accountName: string; receivedAt: number; reason: string; raw: string }

/** A message in quarantine. `count` is how many equal ones came, `lastReceivedAt` when the last of them did. */
export type QuarantinedMessage = Quarantined & { id: string; count: number; lastReceivedAt: number }

/** An operator's decision that a message in quarantine needs nothing more. */
export type Dismissal = { by: string; why: string; at: number }

/** What is left of a dismissed message: everything but its text. */
export type Dismissed = Omit<QuarantinedMessage, 'raw'> & Dismissal

export type QuarantineStore = {
  /** Keeps a message that was not recorded. Equal messages of one day are one item with a count; repeating one changes nothing. */
  quarantine(message: Quarantined): Promise<void>
  /** Counts a message whose text is not kept, by the minute. */
  countUnkept(message: Omit<Quarantined, 'raw'>): Promise<void>
}

/** What operators do with quarantine. */
export type QuarantineReview = {
  /** Page by page, in no order; `id` names a message. */
  listQuarantine(page: PageCall): Promise<Page<QuarantinedMessage>>
  removeQuarantined(id: string): Promise<void>
  /** Takes a message out and notes who decided it and why; `false` if it is not there (any more). */
  dismissQuarantined(message: QuarantinedMessage, dismissal: Dismissal): Promise<boolean>
  listDismissed(page: PageCall): Promise<Page<Dismissed>>
}

/** Something whose time has come, as the due index names it. */
export type DueItem =
  | { kind: 'request'; requestId: string; dueAt: number }
  | { kind: 'submission'; requestId: string; generation: string; submission: number; dueAt: number }
  | ({ kind: 'orphan'; dueAt: number } & UpstreamName)
  /** Something that has no business being due; named so that it can be looked at. */
  | { kind: 'unreadable'; pk: string; sk: string; dueAt: number }

/** What keep-listener found last; a change of it is an event. */
export type ListenerRecord = {
  accountName: string
  service: string
  state: string
  checkedAt: number
  /** What ThingSpace said when it refused our registration. */
  refusal?: string
}

export type ListenerStore = { noteListener(record: ListenerRecord): Promise<void> }

export type DueStore = {
  /** What is due, oldest first, from all shards; at most `limit` of each. */
  listDue(now: number, limit: number): Promise<DueItem[]>
  /** Puts a due item off without reading it: what fails again and again must not stand before all others. */
  postponeDue(item: DueItem, dueAt: number): Promise<void>
  /** What waits for a person's decision, oldest first. */
  listAwaitingDecision(limit: number): Promise<DueItem[]>
  /** Upstream request ids that nobody knows, whenever they are looked at next; in no order. */
  listOrphans(limit: number): Promise<UpstreamName[]>
}

export type Store = RequestStore &
  RetentionStore &
  SubmissionStore &
  ResultStore &
  UpstreamStore &
  DeviceStore &
  QuarantineStore &
  ListenerStore &
  DueStore

/** What travels in the submissions queue: never a payload. */
export type Pointer =
  | { kind: 'submission'; requestId: string; submission: number; attempt: number }
  | { kind: 'part'; requestId: string; part: number }

export type SubmissionQueue = {
  /** Sends pointers, each to be seen after its delay (0 to 900 seconds, SQS's limit). */
  send(pointers: readonly { pointer: Pointer; delaySeconds: number }[]): Promise<void>
}

/** An event with the device it is about, where it is about one. */
export type PublishedEvent = (RequestEvent & { device?: Device | undefined }) | AccountEvent

export type Topic = {
  /** Publishes all, in no order; throws if any could not be published, and the stream brings them all again. */
  publish(events: readonly PublishedEvent[]): Promise<void>
}
