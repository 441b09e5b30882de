import type { ApiAnswer } from '../api-call.ts'
import type { Caller } from '../caller.ts'
import { ProblemError } from '../problem.ts'
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

const view = ({ credentialSet, state, failedLogins }: LatchState) => ({ credentialSet, state, failedLogins })

/** GET /v1/operate/latches: whether the gateway logs in to ThingSpace, for each credential set. */
export async function listLatches({ latches }: LatchesDependencies): Promise<ApiAnswer> {
  const seen = await Promise.all(latches.credentialSets.map((each) => latches.inspect(each)))
  return { status: 200, body: { items: seen.map(view) } }
}

/** POST /v1/operate/latches/{credentialSet}/open: forgets failed logins, so that two more are attempted. */
export async function openLatchOf(
  caller: Caller,
  credentialSet: string | undefined,
  { latches }: LatchesDependencies,
): Promise<ApiAnswer> {
  const set = credentialSetToChange(caller, credentialSet, latches.credentialSets)
  const seen = await latches.inspect(set)
  if (seen.failedLogins === 0 || !(await latches.open(seen, caller.id))) {
    throw new ProblemError('nothing-to-open', {
      detail: seen.failedLogins === 0 ? 'no login has failed' : 'the latch changed meanwhile; look at it again',
    })
  }
  return { status: 200, body: view(await latches.inspect(set)) }
}
