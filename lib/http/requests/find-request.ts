import type { RequestStore } from '../../profile/request/request-store.ts'
import type { ProfileRequest } from '../../profile/request/request.ts'
import { type Caller, mayUse } from '../caller.ts'
import { ProblemError } from '../problem.ts'

/** Request ids are UUIDs. Other texts are not looked up: DynamoDB refuses keys that are too long. */
const requestIdShape = /^[\w-]{1,64}$/

/** The request of a path. A foreign one is answered like one that does not exist: ids are not to be probed. */
export async function findRequest(
  requestId: string | undefined,
  caller: Caller,
  store: Pick<RequestStore, 'getRequest'>,
): Promise<ProfileRequest> {
  // Ids are UUIDs, which are written in lower case and read in any (RFC 9562).
  const id = requestId?.toLowerCase()
  const request = id !== undefined && requestIdShape.test(id) ? await store.getRequest(id) : undefined
  if (request !== undefined && mayUse(caller, request.accountName)) return request
  throw new ProblemError('not-found', { detail: 'no request of yours has this id' })
}
