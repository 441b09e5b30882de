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
 * Asks ThingSpace for the state of a request whose callback is missing. The eUICC and Global IoT pages show version 2
 * of the call, for any action. Version 1 covers the provisioning of single devices. It is not documented which version
 * knows which request, so version 1 is asked if version 2 gives no usable answer.
 */
export async function lookUpRequestStatus(
  deps: LookUpDeps,
  { budgetMilliseconds, ...call }: StatusLookUp,
): Promise<UpstreamStatus | CallFailure> {
  const deadline = deps.now() + budgetMilliseconds
  const current = await ask(deps, 2, { ...call, budgetMilliseconds: budgetMilliseconds / 2 })
  if (current.kind === 'found' ? current.state !== 'unrecognised' : !isAnswered(current)) return current
  const older = await ask(deps, 1, { ...call, budgetMilliseconds: deadline - deps.now() })
  return older.kind === 'failed' && current.kind === 'found' ? current : older
}

/** Whether the failure is an answer, so that the other version of the call may give a better one. */
const isAnswered = ({ cause, error }: CallFailure): boolean =>
  cause === 'refused' || cause === 'unreadable-answer' || (cause === 'unavailable' && error.status !== 503)

async function ask(
  deps: LookUpDeps,
  version: 1 | 2,
  { accountName, upstreamRequestId, budgetMilliseconds }: StatusLookUp,
): Promise<UpstreamStatus | CallFailure> {
  const [account, id] = [pathSegment(accountName), pathSegment(upstreamRequestId)]
  if (account === undefined || id === undefined) {
    return {
      kind: 'failed',
      cause: 'refused',
      error: { message: 'the account name or request id does not fit into a path' },
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
  // Do not take the state of another request for this one.
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

/** ThingSpace's page says Failed, its SDK says Failure. */
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
