import { type Identifier, readKind } from '../profile/order/identifiers.ts'
import type { UpstreamStatus, UpstreamState } from '../profile/status/upstream-status.ts'
import { type AuthorisedCallDeps, callAuthorised } from './authorised-call.ts'
import { bodyOrFailure, type CallFailure, unreadable } from './call-failure.ts'
import type { CredentialSetFor } from './credentials/credential-set.ts'
import { pathSegment } from './path-segment.ts'
import { canonicalId } from './upstream-id.ts'
import { parseAnswer, RequestStatusAnswer } from './answer/wire.ts'

export type StatusLookUp = { accountName: string; upstreamRequestId: string; budgetMilliseconds: number }

type LookUpDeps = AuthorisedCallDeps & { credentialSetFor: CredentialSetFor }

/**
 * Asks ThingSpace what became of a request: the cure for a callback that never came. Version 2 stands in the eUICC and the
 * Global IoT pages and excludes no action; version 1 knows the provisioning of a single device. Which of them knows a
 * request is not documented for every action, so the one that does not is followed by the other.
 */
export async function lookUpRequestStatus(
  deps: LookUpDeps,
  { budgetMilliseconds, ...call }: StatusLookUp,
): Promise<UpstreamStatus | CallFailure> {
  const deadline = deps.now() + budgetMilliseconds
  const current = await ask(deps, 2, call, budgetMilliseconds / 2)
  if (current.kind === 'found' ? current.state !== 'unrecognised' : !isAnswered(current)) return current
  const older = await ask(deps, 1, call, deadline - deps.now())
  return older.kind === 'failed' && current.kind === 'found' ? current : older
}

/** Whether ThingSpace (or its front end) said something that another version of the call may say better. */
const isAnswered = ({ cause, error }: CallFailure): boolean =>
  cause === 'refused' || cause === 'unreadable-answer' || (cause === 'unavailable' && error.status !== 503)

async function ask(
  deps: LookUpDeps,
  version: 1 | 2,
  { accountName, upstreamRequestId }: Omit<StatusLookUp, 'budgetMilliseconds'>,
  budgetMilliseconds: number,
): Promise<UpstreamStatus | CallFailure> {
  const [account, id] = [pathSegment(accountName), pathSegment(upstreamRequestId)]
  if (account === undefined || id === undefined) {
    return {
      kind: 'failed',
      cause: 'refused',
      error: { message: 'the account or the request id cannot stand in a path' },
    }
  }
  const result = await callAuthorised(deps, {
    credentialSet: deps.credentialSetFor(accountName),
    method: 'GET',
    path: `/m2m/v${version}/accounts/${account}/requests/${id}/status`,
    budgetMilliseconds,
  })
  const answer = bodyOrFailure(result)
  if (answer.kind === 'failed') return answer
  const status = RequestStatusAnswer.safeParse(parseAnswer(answer.body))
  if (!status.success) return unreadable(answer.status)
  const { data } = status
  // What became of another request says nothing of this one.
  if (data.requestId !== canonicalId(upstreamRequestId)) {
    const error = { status: answer.status, message: 'the answer is about another request' }
    return { kind: 'failed', cause: 'unreadable-answer', error }
  }
  const devices = (data.subRequests ?? []).map((entry) => ({
    identifiers: (entry.ids ?? []).flatMap(identifierOf),
    state: stateOf(entry.status),
  }))
  return { kind: 'found', upstreamRequestId: data.requestId, state: stateOf(data.status), devices }
}

function identifierOf({ id, kind }: { id: string; kind: string }): Identifier[] {
  const known = readKind(kind)
  return known === undefined || id === '' ? [] : [{ kind: known, id }]
}

/** The page says Failed, the SDK Failure. */
function stateOf(status = ''): UpstreamState {
  switch (status.toLowerCase()) {
    case 'pending':
      return 'pending'
    case 'success':
      return 'succeeded'
    case 'failed':
    case 'failure':
      return 'failed'
    default:
      return 'unrecognised'
  }
}
