import type { Device } from '../../order/identifiers.ts'
import { joinKnown } from '../../status/list-devices.ts'
import { errorOf, viewDevice } from '../../status/device-view.ts'
import type { ExplainDependencies } from '../explain-request.ts'
import { chain, type Chained, firstHash } from './hash-chain.ts'
import { type HistoryEntry, readHistory } from './request-history.ts'

/** What the chain holds: the order, the history, and then each device with its state. */
export type EvidenceEntry =
  | {
      kind: 'order'
      requestId: string
      action: string
      accountName: string
      createdAt: string
      caller: string
      deviceCount: number
      upstreamRequestIds: string[]
      fields: Readonly<Record<string, unknown>>
    }
  | ({ kind: 'history' } & HistoryEntry)
  | {
      kind: 'device'
      position: number
      deviceIds: Device
      status: string
      submission: number | null
      /** Whether its callbacks contradict each other. */
      conflict: boolean
      /** The error that ThingSpace named, if any. */
      code?: string
      message?: string
    }

/** A part of the evidence about a request. Parts chain on: each starts from the last hash of the one before. */
export type EvidencePart = {
  requestId: string
  accountName: string
  action: string
  status: string
  collectedAt: string
  algorithm: 'sha256'
  /** Number of entries of all parts, and the hash of the last one. */
  total: number
  finalHash: string
  previousHash: string
  entries: Chained<EvidenceEntry>[]
}

/** Where a part starts: behind the entry with this number and hash. */
export type EvidencePosition = { sequence: number; hash: string }

const iso = (instant: number): string => new Date(instant).toISOString()

/**
 * Collects the evidence about a request from its records, from a position on. `hasRoom` says whether a further entry
 * fits into the part. Returns `changed` if the entries before the position are not the same any more, and undefined if
 * the request does not exist. Changes nothing.
 */
export async function collectPack(
  requestId: string,
  { from, hasRoom }: { from?: EvidencePosition | undefined; hasRoom: (text: string) => boolean },
  dependencies: ExplainDependencies,
): Promise<{ kind: 'part'; part: EvidencePart; next?: EvidencePosition } | { kind: 'changed' } | undefined> {
  const { store, clock, settings } = dependencies
  const read = await readHistory(requestId, dependencies)
  if (read === undefined) return undefined
  const { request, submissions, history, results } = read
  const devices = await store.getDevices(request, 0, request.deviceCount)
  const { known } = joinKnown({ devices, start: 0, submissions, results })
  const moment = { now: clock(), otherProfileMilliseconds: settings.otherProfileSeconds * 1000 }
  const entries = chain<EvidenceEntry>([
    {
      kind: 'order',
      requestId,
      action: request.action,
      accountName: request.accountName,
      createdAt: iso(request.createdAt),
      caller: request.caller,
      deviceCount: request.deviceCount,
      upstreamRequestIds: submissions.flatMap(({ upstreamRequestIds }) => upstreamRequestIds),
      fields: request.fields,
    },
    ...history.map((entry) => ({ kind: 'history' as const, ...entry })),
    ...known.map((each) => {
      const view = viewDevice({ known: each, request, moment })
      const { position, deviceIds, status, submission, conflict = false } = view
      const { code, message } = errorOf(view)
      return {
        kind: 'device' as const,
        position,
        deviceIds,
        status,
        submission,
        conflict,
        ...(code === undefined ? {} : { code }),
        ...(message === undefined ? {} : { message }),
      }
    }),
  ])
  const start = from?.sequence ?? 0
  const previousHash = entries[start - 1]?.hash ?? firstHash
  if (from !== undefined && previousHash !== from.hash) return { kind: 'changed' }
  const shown: typeof entries = []
  for (const each of entries.slice(start)) {
    if (!hasRoom(JSON.stringify(each))) break
    shown.push(each)
  }
  const last = shown.at(-1)
  const part: EvidencePart = {
    requestId,
    accountName: request.accountName,
    action: request.action,
    status: request.summary.status,
    collectedAt: iso(clock()),
    algorithm: 'sha256',
    total: entries.length,
    finalHash: entries.at(-1)?.hash ?? firstHash,
    previousHash,
    entries: shown,
  }
  return last === undefined || last.sequence === entries.length
    ? { kind: 'part', part }
    : { kind: 'part', part, next: { sequence: last.sequence, hash: last.hash } }
}
