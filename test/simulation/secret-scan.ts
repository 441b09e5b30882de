import { secretSentinels } from './callback-bodies.ts'
import { Violation } from './violation.ts'

const shortestSecret = 'sentinel'.length

/** I10: no secret is found where it does not belong. */
export function scanForSecrets(value: unknown, where: string): void {
  if (typeof value === 'string') {
    if (value.length < shortestSecret || (!value.includes('sentinel') && !value.includes('@vzw4g.com'))) return
    if (value.includes('@vzw4g.com') || secretSentinels.some((secret) => value.includes(secret))) {
      throw new Violation('I10 secrets', `${where} holds a credential`)
    }
  } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    if (value instanceof Error) scanForSecrets(value.message, where)
    const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
    for (const part of inner) if (typeof part === 'string' || typeof part === 'object') scanForSecrets(part, where)
  }
}
