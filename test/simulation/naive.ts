import { unpackDevices } from '../../lib/profile/request/manifest.ts'
import type { AcceptDependencies } from '../../lib/profile/submission/accept-request.ts'
import type { SubmissionOutcome } from '../../lib/profile/request/outcome.ts'
import type { SubmitCall, ThingSpace } from '../../lib/profile/submission/thingspace.ts'
import type { Equipment } from './functions.ts'

/**
 * Two obvious first designs. Both run in the same worlds with the gateway's own callback processing. What the
 * simulation finds in them therefore shows the value of the protocol and not of the harness.
 */
export type Design = 'gateway' | 'post, then write' | 'write, then post and repeat'

export const naiveDesigns: readonly Design[] = ['post, then write', 'write, then post and repeat']

/** The dependencies of a design's functions. */
export function equipFor(design: Design, equipment: Equipment): Equipment {
  switch (design) {
    case 'gateway':
      return equipment
    case 'post, then write':
      return postFirst(equipment)
    case 'write, then post and repeat': {
      const { settings } = equipment
      return {
        ...equipment,
        thingSpace: { ...equipment.thingSpace, submit: async (call) => blind(await equipment.thingSpace.submit(call)) },
        // Treats a crash as "not sent" and sends again.
        settings: {
          ...settings,
          graceSeconds: { repeatable: 0, other: 0 },
          repeatUnconfirmedFor: ['0000123456-00001'],
        },
      }
    }
  }
}

/** Retries after any error. */
const blind = (outcome: SubmissionOutcome): SubmissionOutcome =>
  outcome.kind === 'unknown' ? { kind: 'not-accepted', cause: 'unavailable', error: outcome.error } : outcome

/** Calls ThingSpace before writing anything, then stores the response with the request. */
function postFirst(equipment: Equipment): Equipment {
  const answers = new Map<string, SubmissionOutcome>()
  const { store } = equipment
  const orderOf = (fields: Readonly<Record<string, unknown>>): string => String(fields['smsrOid'])
  const createRequest: AcceptDependencies['store']['createRequest'] = async (creation) => {
    const { request, submission, parts } = creation
    if (submission !== undefined) {
      const manifest = request.manifest ?? parts[0]
      const devices = manifest === undefined ? [] : unpackDevices(manifest)
      const call: SubmitCall = { ...request, devices, budgetMilliseconds: 20_000 }
      const outcome = await equipment.thingSpace.submit(call)
      if (outcome.kind === 'unknown') throw new Error('ThingSpace did not answer')
      answers.set(orderOf(request.fields), outcome)
    }
    return store.createRequest(creation)
  }
  const thingSpace: ThingSpace = {
    ...equipment.thingSpace,
    submit: async (call) => answers.get(orderOf(call.fields)) ?? equipment.thingSpace.submit(call),
  }
  return { ...equipment, thingSpace, store: { ...store, createRequest } }
}
