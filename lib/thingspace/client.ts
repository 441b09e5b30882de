import { writeDevices } from '../profile/order/device-shape.ts'
import type { SubmissionOutcome } from '../profile/request/outcome.ts'
import type { SubmitCall, ThingSpace } from '../profile/submission/thingspace.ts'
import { type AuthorisedCallDeps, type AuthorisedResult, callAuthorised } from './authorised-call.ts'
import type { CredentialSetFor } from './credentials/credential-set.ts'
import type { UnavailableCause } from './credentials/held-tokens.ts'
import { submissionOutcome } from './answer/errors.ts'
import type { LostCause } from './https.ts'
import { pathSegment } from './path-segment.ts'

export type ThingSpaceClientDeps = AuthorisedCallDeps & { credentialSetFor: CredentialSetFor }

/**
 * ThingSpace's profile actions over HTTP. `submit` posts once, and again only if ThingSpace refuses a credential. The
 * outcome is `unknown` whenever ThingSpace may have accepted the submission. `answers` lists the callback registrations,
 * which is the only read that every account may make.
 */
export function createThingSpaceClient(deps: ThingSpaceClientDeps): ThingSpace {
  return {
    async submit(call) {
      const result = await callAuthorised(deps, {
        credentialSet: deps.credentialSetFor(call.accountName),
        method: 'POST',
        path: `/m2m/v1/devices/profile/actions/${call.action}`,
        body: submissionBody(call),
        traceparent: call.traceparent,
        budgetMilliseconds: call.budgetMilliseconds,
      })
      return outcomeOf(result)
    },
    async answers({ accountName, budgetMilliseconds }) {
      const account = pathSegment(accountName)
      // No call can be made for such an account. Its orders are refused like those of any unknown account.
      if (account === undefined) return true
      const result = await callAuthorised(deps, {
        credentialSet: deps.credentialSetFor(accountName),
        method: 'GET',
        path: `/m2m/v1/callbacks/${account}`,
        budgetMilliseconds,
      })
      return result.kind === 'answer' && (result.reading.kind === 'success' || result.reading.kind === 'refused')
    },
  }
}

/** Builds ThingSpace's body. `devices` and `accountName` override members of these names in `fields`. */
function submissionBody({ devices, deviceShape, accountName, fields }: SubmitCall): string {
  return JSON.stringify({ ...fields, devices: writeDevices(devices, deviceShape), accountName })
}

function outcomeOf(result: AuthorisedResult): SubmissionOutcome {
  switch (result.kind) {
    case 'no-credentials':
      return {
        kind: 'not-accepted',
        cause: causeOf(result.cause),
        error: { message: `no credentials: ${result.cause}`, ...result.error },
      }
    case 'not-sent':
      return { kind: 'not-accepted', cause: 'unreachable', error: { message: `not sent: ${result.cause}` } }
    case 'lost':
      return { kind: 'unknown', cause: lostCauses[result.cause], error: known(result.status) }
    case 'answer':
      return submissionOutcome(result.answer, result.reading)
  }
}

const known = (status: number | undefined) => (status === undefined ? {} : { status })

const lostCauses = {
  timeout: 'no-answer',
  reset: 'connection-lost',
  unreadable: 'unreadable-answer',
} as const satisfies Record<LostCause, string>

function causeOf(
  cause: UnavailableCause | 'refused-again',
): 'unreachable' | 'throttled' | 'unavailable' | 'credentials' {
  switch (cause) {
    case 'unreachable':
    case 'throttled':
    case 'unavailable':
      return cause
    case 'refused':
    case 'refused-again':
    case 'login-unanswered':
    case 'out-of-time':
    case 'locked':
    case 'busy':
    case 'failed':
      return 'credentials'
  }
}
