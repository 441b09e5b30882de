import { actions, type CallbackService } from '../order/actions.ts'
import type { ActionName } from '../order/action-names.ts'
import type { ProfileBody } from '../order/read-body.ts'

/** Why the results of an account cannot arrive here, or may not. `AdmissionReason` has a text for each. */
export type AdmissionReason =
  'not-configured' | 'never-registered' | 'absent' | 'other-address' | 'old-credentials' | 'not-checked' | 'not-read'

/**
 * Whether the gateway takes an order for an account. `in-doubt`: results may not arrive, but that is not known.
 * `unserved`: they do not arrive, but the settings accept the order.
 */
export type Admission = { kind: 'admitted' } | { kind: 'refused' | 'in-doubt' | 'unserved'; reason: AdmissionReason }

type AdmissionCall = { accountName: string; services: readonly CallbackService[] }

/** Judges an order by its account. It never throws: if it cannot know, the order is in doubt. */
export type Admit = (call: AdmissionCall) => Promise<Admission>

/** The callback services that may report the results of an order: those of all families that its body fits. */
export const servicesOf = (action: ActionName, { families }: Pick<ProfileBody, 'families'>): CallbackService[] => [
  ...new Set(
    actions[action].bodies
      .filter(({ family }) => families.includes(family))
      .map(({ callbackService }) => callbackService),
  ),
]
