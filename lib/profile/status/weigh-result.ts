import type { ActionName } from '../order/action-names.ts'
import type { Result } from '../request/result.ts'
import { alreadyDone } from './already-done.ts'

/** The states of the profile and the line that a result reports, beside its verdict. */
type Described = Pick<Result, 'profileStatus' | 'state'>

/** States of a profile and of a line, in lower case without blanks, hyphens and underscores. */
const notDownloaded = ['notdownloaded', 'delete', 'deleted']
const disabled = ['downloaddisable', 'disable', 'disabled']
const enabled = ['downloadenable', 'enable', 'enabled']
const suspended = ['suspend', 'suspended']
const active = ['active', 'activated', 'restored', 'resumed']
const pending = 'pendingdeactivation'
/** States of a line without service: before its activation, and from its deactivation on. */
const beforeService = ['preactive', 'pendingactivation', 'activationready', 'inventory', 'testready']
const afterService = ['deactive', 'deactivated', 'inactive', pending, 'purged', 'replaced', 'retired']
const withoutService = [...beforeService, ...afterService]
const notActive = [...withoutService, ...suspended]
const notSuspended = [...withoutService, ...active]
/** "none" means downloaded but not enabled. A line without service has no enabled profile. */
const notEnabled = [...notDownloaded, 'none', ...disabled, ...notActive]

/**
 * States that an action cannot lead to, whether `profileStatus` or `state` reports them. A failed download leaves "Not
 * Downloaded". ENABLE after a Global `download` is allowed, because Verizon's own example shows it.
 */
const impossible: Partial<Record<ActionName, readonly string[]>> = {
  download: notDownloaded,
  download_enable: notEnabled,
  download_disable: [...notDownloaded, ...enabled],
  enable: notEnabled,
  disable: [...notDownloaded, ...enabled],
  delete: ['none', ...disabled, ...enabled],
  setfallbackattribute: notDownloaded,
  activate: notActive,
  activate_enable: notEnabled,
  deactivate: [...active, ...suspended, pending],
  profile_suspend: notSuspended,
  device_suspend: notSuspended,
  profile_resume: notActive,
  device_resume: notActive,
}

/** Returns a note if a result reports a failure or a state that the action does not lead to; undefined otherwise. */
function contradictionOf(action: ActionName, { profileStatus, state }: Described): string | undefined {
  for (const [name, said = ''] of Object.entries({ profileStatus, state })) {
    const isImpossible = impossible[action]?.includes(said.toLowerCase().replaceAll(/[\s_-]/g, ''))
    // A state of failure contradicts every action. UNKNOWN confirms none.
    if (isImpossible === true || /fail|error|unknown/i.test(said)) return `${name} ${said} contradicts ${action}`
  }
  return undefined
}

/**
 * Corrects a result's verdict for the action of its request, each time the result is read. Callbacks are recorded
 * without knowing the action, so their verdict may be wrong for it. A fault which says that the device was already in
 * the requested state becomes a success. A success whose state contradicts the action becomes a `warning`, so a later
 * message can decide. The stored result does not change.
 */
export function weighResult(action: ActionName, result: Result): Result {
  if (result.verdict === 'failed' && result.fault !== undefined) {
    const success = alreadyDone(action, result.fault)
    return success === undefined ? result : { ...result, ...success }
  }
  const contradiction = result.verdict === 'succeeded' ? contradictionOf(action, result) : undefined
  if (contradiction === undefined) return result
  return {
    ...result,
    verdict: 'warning',
    note: [result.note, contradiction].filter((note) => note !== undefined).join('; '),
  }
}
