import type { ListenerRecord } from '../listener/listener-store.ts'
import type { Identifier } from '../order/identifiers.ts'
import type { ProfileRequest } from '../request/request.ts'

/** A table item before and after a change, as plain values. DynamoDB Streams delivers it. */
export type StreamRecord = {
  before: Readonly<Record<string, unknown>> | undefined
  after: Readonly<Record<string, unknown>> | undefined
}

/** A change of the table that project-changes acts on. */
export type Change =
  | { kind: 'request'; before: ProfileRequest | undefined; after: ProfileRequest }
  | { kind: 'submission'; requestId: string }
  | { kind: 'upstream-link'; requestId: string; submission: number }
  | { kind: 'listener'; before: ListenerRecord | undefined; after: ListenerRecord }
  | { kind: 'latch'; credentialSet: string; epoch: number }
  | {
      kind: 'result'
      upstreamRequestId: string
      accountName: string
      identifiers: Identifier[]
      receivedAt: number
    }

export type ChangeOf<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>
