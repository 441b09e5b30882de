import type { ActionName } from '../order/action-names.ts'
import { settledByState } from './already-done.ts'
import type { Result } from '../request/result.ts'

/** What a result says of the profile and the line, whatever it says of success. */
type Described = Pick<Result, 'profileStatus' | 'state'>

/**
 * States of a profile that an action cannot leave behind, without case, blanks and underscores. A download that failed
 * leaves "Not Downloaded"; "none" is downloaded and not enabled; ENABLE after a Global `download` is in Verizon's own example.
 */
const wrongProfile: Partial<Record<ActionName, readonly string[]>> = {
  download: ['notdownloaded', 'delete', 'deleted'],
  download_enable: ['notdownloaded', 'none', 'delete', 'deleted', 'downloaddisable', 'disable', 'disabled'],
  download_disable: ['notdownloaded', 'delete', 'deleted', 'downloadenable', 'enable', 'enabled'],
  enable: ['notdownloaded', 'none', 'delete', 'deleted', 'downloaddisable', 'disable', 'disabled'],
  disable: ['notdownloaded', 'delete', 'deleted', 'downloadenable', 'enable', 'enabled'],
  delete: ['downloadenable', 'downloaddisable', 'enable', 'enabled', 'disable', 'disabled'],
  activate_enable: ['downloaddisable', 'disable', 'disabled'],
}

/** States of a line without service: before its activation, and after it. */
const notYet = ['preactive', 'pendingactivation', 'activationready', 'inventory', 'testready']
const noMore = ['deactive', 'deactivated', 'inactive', 'pendingdeactivation', 'purged', 'replaced', 'retired']
const notActive = [...notYet, ...noMore, 'suspend', 'suspended']
const notSuspended = [...notYet, ...noMore, 'active', 'activated', 'restored', 'resumed']
const wrongState: Partial<Record<ActionName, readonly string[]>> = {
  activate: notActive,
  activate_enable: notActive,
  deactivate: ['active', 'activated', 'suspend', 'suspended', 'pendingdeactivation', 'restored', 'resumed'],
  profile_suspend: notSuspended,
  device_suspend: notSuspended,
  profile_resume: notActive,
  device_resume: notActive,
}

/** Why a result cannot be the success of this action: it names a state that the action does not lead to. */
export function contradicts(action: ActionName, { profileStatus, state }: Described): string | undefined {
  if (isAmong(wrongProfile[action], profileStatus)) return `profileStatus ${profileStatus} contradicts ${action}`
  if (isAmong(wrongState[action], state)) return `state ${state} contradicts ${action}`
  return undefined
}

/** Any word of failure contradicts every action. */
const isAmong = (wrong: readonly string[] = [], said = ''): boolean =>
  wrong.includes(said.toLowerCase().replaceAll(/[\s_-]/g, '')) || /fail|error/i.test(said)

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
