import type { SubmissionOutcome, UpstreamError } from '../../lib/profile/request/outcome.ts'
import type { UpstreamStatusLookUp } from '../../lib/profile/status/upstream-status.ts'
import type { SubmitCall, ThingSpace } from '../../lib/profile/submission/thingspace.ts'

/** The reaction of ThingSpace to one call: whether it accepts it, and what the caller learns. */
export type Reaction = { accepts: boolean; answers: (upstreamRequestId: string) => SubmissionOutcome }
export type Step = Reaction | ((call: SubmitCall) => Reaction | Promise<Reaction>)

const answered = (outcome: SubmissionOutcome): Reaction => ({ accepts: false, answers: () => outcome })

export const accepts: Reaction = {
  accepts: true,
  answers: (upstreamRequestId) => ({ kind: 'accepted', upstreamRequestId }),
}

export const refuses = (error: UpstreamError = { status: 400, code: 'REQUEST_FAILED.AccountNotFound' }): Reaction =>
  answered({ kind: 'refused', error })

/** A refusal that may be about one device. ThingSpace does not name it. */
export const refusesOneDevice = (): Reaction =>
  answered({
    kind: 'refused',
    error: { status: 400, code: 'REQUEST_FAILED.DeviceNotFound', message: 'The device could not be found.' },
    mayBlameOneDevice: true,
  })

export const isDown: Reaction = answered({ kind: 'not-accepted', cause: 'unavailable', error: { status: 503 } })
export const isUnreachable: Reaction = answered({ kind: 'not-accepted', cause: 'unreachable', error: {} })
export const refusesCredentials: Reaction = answered({
  kind: 'not-accepted',
  cause: 'credentials',
  error: { status: 401, code: 'REQUEST_FAILED.SessionToken.Expired' },
})
export const throttles = (retryAfterSeconds?: number): Reaction =>
  answered({
    kind: 'not-accepted',
    cause: 'throttled',
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    error: { status: 429 },
  })

const lost: SubmissionOutcome = { kind: 'unknown', cause: 'connection-lost', error: {} }
/** ThingSpace accepts the call, and its response is lost. */
export const acceptsInSilence: Reaction = { accepts: true, answers: () => lost }
/** The call is lost before ThingSpace receives it. */
export const losesTheCall: Reaction = answered(lost)

/** A scripted ThingSpace. Calls without a step are accepted, under `upstream-1`, `upstream-2`, and so on. */
export function createFakeThingSpace() {
  const script: Step[] = []
  const calls: SubmitCall[] = []
  const asked: string[] = []
  const accepted: { upstreamRequestId: string; call: SubmitCall }[] = []
  const thingSpace = {
    /** Every call that it received. */
    calls,
    /** Every call that it accepted. */
    accepted,
    /** The reaction after the end of the script. */
    otherwise: accepts as Step,
    /** Writes the script for the next calls. */
    will(...steps: Step[]) {
      script.push(...steps)
    },
    async submit(call: SubmitCall): Promise<SubmissionOutcome> {
      calls.push(call)
      const step = script.shift() ?? thingSpace.otherwise
      const reaction = typeof step === 'function' ? await step(call) : step
      const upstreamRequestId = `upstream-${accepted.length + 1}`
      if (reaction.accepts) accepted.push({ upstreamRequestId, call })
      return reaction.answers(upstreamRequestId)
    },
    /** Whether it answers harmless calls. By default as its next order would be answered. */
    answersProbes: undefined as boolean | undefined,
    /** The number of harmless calls. */
    probes: 0,
    async answers(): Promise<boolean> {
      thingSpace.probes += 1
      const next = script[0] ?? thingSpace.otherwise
      const outcome = typeof next === 'function' ? undefined : next.answers('').kind
      return thingSpace.answersProbes ?? (outcome !== 'not-accepted' && outcome !== 'unknown')
    },
    /** The answers of its status call by upstream request id. It knows no others. */
    statuses: new Map<string, 'pending' | 'succeeded' | 'failed' | 'unrecognised'>(),
    /** The upstream request ids in its status calls. */
    asked,
    async requestStatus({ upstreamRequestId }: Parameters<UpstreamStatusLookUp>[0]): ReturnType<UpstreamStatusLookUp> {
      asked.push(upstreamRequestId)
      const state = thingSpace.statuses.get(upstreamRequestId)
      return state === undefined
        ? { kind: 'failed', cause: 'refused', error: { status: 404 } }
        : { kind: 'found', upstreamRequestId, state, devices: [] }
    },
    /** The EIDs of all accepted devices, once per acceptance. */
    acceptedEids: () =>
      accepted.flatMap(({ call }) =>
        call.devices.flatMap((device) => device.filter(({ kind }) => kind === 'eid').map(({ id }) => id)),
      ),
  }
  return thingSpace satisfies ThingSpace & { requestStatus: UpstreamStatusLookUp }
}
