import { ActionName } from '../../../lib/profile/order/action-names.ts'
import type { Action } from '../../../lib/profile/order/actions.ts'
import { account } from '../../shell/account.ts'
import { isFlag, membersOf } from './check-order.ts'
import { changeDraft, draft } from './draft.ts'

/** Examples from Verizon's pages. */
const examples: Readonly<Record<string, string>> = {
  smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
  servicePlan: 'M2M_4G',
  mdnZipCode: '98801',
  carrierName: 'Verizon Wireless',
  reasonCode: 'FF',
}

/** The action with the members of its body. */
export function Members({ action }: { action: Action }) {
  const { members } = draft.value
  const change = (name: string, value: string) => changeDraft({ members: { ...members, [name]: value } })
  const needs = [...new Set(action.bodies.flatMap(({ requiredKinds }) => requiredKinds))]
  return (
    <fieldset class="members">
      <legend>What</legend>
      <label>
        Action
        <select value={action.name} onChange={({ currentTarget }) => changeDraft({ action: currentTarget.value })}>
          {ActionName.options.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <p class="hint">
        For the account {account.value === '' ? '(choose one at the top of the page)' : account.value}.{' '}
        {action.repeatable
          ? 'Running it twice is harmless.'
          : 'It is not repeatable: if a response is lost, the gateway asks you before it sends it again.'}{' '}
        {needs.length > 0 && `Devices usually need ${needs.map((kind) => kind.toUpperCase()).join(' and ')}.`}
      </p>
      <div class="fields">
        {membersOf(action).map(({ name, isRequired }) => (
          <label key={name}>
            <span>
              {name} {isRequired ? '' : <small>optional</small>}
            </span>
            {isFlag(name) ? (
              <select value={members[name] ?? ''} onChange={({ currentTarget }) => change(name, currentTarget.value)}>
                <option value="">not sent</option>
                <option>true</option>
                <option>false</option>
              </select>
            ) : (
              <input
                name={name}
                value={members[name] ?? ''}
                placeholder={examples[name] ?? ''}
                onInput={({ currentTarget }) => change(name, currentTarget.value)}
              />
            )}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
