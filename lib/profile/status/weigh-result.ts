import type { ActionName } from '../order/action-names.ts'
import { settledByState } from './already-done.ts'
import type { Result } from '../request/result.ts'

/** What a result says of the profile and the line, whatever it says of success. */
type Described = Pick<Result, 'profileStatus' | 'state'>

/** States of a profile, and of a line, without case, blanks and underscores. */
const gone = ['notdownloaded', 'delete', 'deleted']
const disabled = ['downloaddisable', 'disable', 'disabled']
const enabled = ['downloadenable', 'enable', 'enabled']
const suspended = ['suspend', 'suspended']
const active = ['active', 'activated', 'restored', 'resumed']
const pending = 'pendingdeactivation'
/** A line without service: before its activation, and after it. */
const notYet = ['preactive', 'pendingactivation', 'activationready', 'inventory', 'testready']
const noMore = ['deactive', 'deactivated', 'inactive', pending, 'purged', 'replaced', 'retired']
const lifeless = [...notYet, ...noMore]
const notActive = [...lifeless, ...suspended]
const notSuspended = [...lifeless, ...active]
/** "none" is downloaded and not enabled. A line without service has no profile that is at work. */
const notEnabled = [...gone, 'none', ...disabled, ...notActive]

/**
 * States that an action cannot leave behind, whichever member tells them. A download that failed leaves "Not Downloaded";
 * ENABLE after a Global `download` is in Verizon's own example.
 */
const wrong: Partial<Record<ActionName, readonly string[]>> = {
  download: gone,
  download_enable: notEnabled,
  download_disable: [...gone, ...enabled],
  enable: notEnabled,
  disable: [...gone, ...enabled],
  delete: ['none', ...disabled, ...enabled],
  setfallbackattribute: gone,
  activate: notActive,
  activate_enable: notEnabled,
  deactivate: [...active, ...suspended, pending],
  profile_suspend: notSuspended,
  device_suspend: notSuspended,
  profile_resume: notActive,
  device_resume: notActive,
}

/** Why a result cannot be the success of this action: it names a state that the action does not lead to. */
export function contradicts(action: ActionName, { profileStatus, state }: Described): string | undefined {
  for (const [name, said = ''] of Object.entries({ profileStatus, state })) {
    const isWrong = wrong[action]?.includes(said.toLowerCase().replaceAll(/[\s_-]/g, ''))
    // A word of failure contradicts every action, and UNKNOWN confirms none.
    if (isWrong === true || /fail|error|unknown/i.test(said)) return `${name} ${said} contradicts ${action}`
  }
  return undefined
}

/**
 * A result as the action that was asked makes it. Callbacks are stored without knowing the action, so a fault is stored
 * as `failed` and a success as `succeeded`. A fault that says that it was so already is a success. A success that
 * contradicts what was asked is not final: a later message may decide, and it is never shown as done.
 */
export function weighResult(action: ActionName, result: Result): Result {
  if (result.verdict === 'failed' && result.fault !== undefined) {
    const settled = settledByState(action, result.fault)
    return settled === undefined ? result : { ...result, ...settled }
  }
  const contradiction = result.verdict === 'succeeded' ? contradicts(action, result) : undefined
  if (contradiction === undefined) return result
  return {
    ...result,
    verdict: 'warning',
    note: [result.note, contradiction].filter((note) => note !== undefined).join('; '),
  }
}
