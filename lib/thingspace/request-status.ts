import { type Identifier, readKind } from '../profile/identifiers.ts'
import { type AuthorisedCallDeps, callAuthorised } from './authorised-call.ts'
import { bodyOrFailure, type CallFailure, unreadable } from './call-failure.ts'
import type { CredentialSetFor } from './credential-set.ts'
import { parseJson, RequestStatusAnswer } from './wire.ts'

export type RequestState = 'pending' | 'succeeded' | 'failed' | 'unrecognised'

export type RequestStatus = {
  kind: 'found'
  upstreamRequestId: string
  state: RequestState
  /** Per device, from version 2 only. */
  devices: { identifiers: Identifier[]; state: RequestState }[]
}

export type StatusLookUp = {
  /**
   * 1: activate, deactivate, suspend, resume of a single device. 2: Global IoT, both kinds of profile, no bulk.
   * Neither covers the eUICC local profiles' download, enable, disable and delete.
   */
  version: 1 | 2
  accountName: string
  upstreamRequestId: string
  budgetMilliseconds: number
}

/** Asks ThingSpace what became of a request: the cure for a callback that never came, where there is one. */
export async function lookUpRequestStatus(
  deps: AuthorisedCallDeps & { credentialSetFor: CredentialSetFor },
  { version, accountName, upstreamRequestId, budgetMilliseconds }: StatusLookUp,
): Promise<RequestStatus | CallFailure> {
  const account = encodeURIComponent(accountName)
  const result = await callAuthorised(deps, {
    credentialSet: deps.credentialSetFor(accountName),
    method: 'GET',
    path: `/m2m/v${version}/accounts/${account}/requests/${encodeURIComponent(upstreamRequestId)}/status`,
    budgetMilliseconds,
  })
  const answer = bodyOrFailure(result)
  if (answer.kind === 'failed') return answer
  const status = RequestStatusAnswer.safeParse(parseJson(answer.body))
  if (!status.success) return unreadable(answer.status)
  const { data } = status
  const devices = (data.subRequests ?? data.subrequests ?? []).map((entry) => ({
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
function stateOf(status = ''): RequestState {
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
