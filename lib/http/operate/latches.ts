import * as z from 'zod/mini'
import type { ApiAnswer, ApiEvent } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { requireNoParameters } from '../parameters.ts'
import { ProblemError } from '../problem.ts'
import { readDecision } from '../requests/read-decision.ts'
import { credentialSetToChange } from './credential-set.ts'

/** The state of a credential set's login latch, without any secret. */
type LatchState = {
  credentialSet: string
  state: 'open' | 'closed' | 'changed' | 'unknown'
  failedLogins: number
}

/** The login latches, as lib/thingspace connects them. `epoch` is the version of the record that was seen. */
export type LatchesDependencies = {
  latches: {
    credentialSets: readonly string[]
    inspect: (credentialSet: string) => Promise<LatchState & { epoch: number }>
    /** Returns false if the latch has changed since it was inspected. */
    open: (seen: LatchState & { epoch: number }, by: string) => Promise<boolean>
  }
}

/** Body of /open. `failedLogins` is what the caller has seen: each further one brings Verizon's lock nearer. */
export const OpenBody = z.strictObject({ failedLogins: z.optional(z.int().check(z.positive())) })

const view = ({ credentialSet, state, failedLogins }: LatchState) => ({ credentialSet, state, failedLogins })

/** GET /v1/operate/latches: whether the gateway logs in to ThingSpace, for each credential set. */
export async function listLatches(query: unknown, { latches }: LatchesDependencies): Promise<ApiAnswer> {
  requireNoParameters(query)
  const seen = await Promise.all(latches.credentialSets.map((each) => latches.inspect(each)))
  return { status: 200, body: { items: seen.map(view) } }
}

/** POST /v1/operate/latches/{credentialSet}/open: forgets failed logins, so that two more are attempted. */
export async function openLatchOf(
  { event, caller }: { event: ApiEvent; caller: Caller },
  { latches }: LatchesDependencies,
): Promise<ApiAnswer> {
  const credentialSet = credentialSetToChange({ event, caller }, latches.credentialSets)
  const { failedLogins } = readDecision(OpenBody, event)
  const seen = await latches.inspect(credentialSet)
  const isOpened =
    seen.failedLogins > 0 &&
    seen.failedLogins === (failedLogins ?? seen.failedLogins) &&
    (await latches.open(seen, caller.id))
  if (!isOpened) {
    throw new ProblemError('nothing-to-open', {
      detail: seen.failedLogins === 0 ? 'no login has failed' : 'the latch changed meanwhile; look at it again',
    })
  }
  return { status: 200, body: view(await latches.inspect(credentialSet)) }
}
