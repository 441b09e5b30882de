import type { RequestStore } from '../../profile/request/request-store.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { type Caller, mayUse } from '../caller.ts'
import { ProblemError } from '../problem.ts'

/** Other texts are not looked up, because DynamoDB rejects keys that are too long. */
const requestIdShape = /^[\w-]{1,64}$/

/**
 * Finds the request of a path. Throws `not-found` also for requests of other accounts, so that ids cannot be probed.
 */
export async function findRequest(
  requestId: string | undefined,
  caller: Caller,
  store: Pick<RequestStore, 'getRequest'>,
): Promise<ProfileRequest> {
  // Ids are UUIDs. RFC 9562 requires writing them in lower case and accepting any.
  const id = requestId?.toLowerCase()
  const request = id !== undefined && requestIdShape.test(id) ? await store.getRequest(id) : undefined
  if (request !== undefined && mayUse(caller, request.accountName)) return request
  throw new ProblemError('not-found', { detail: 'you have no request with this id' })
}
