import { attempt, fail, type Finding, ok, unknown, warn } from './finding.ts'
import { inspectLatch } from '../../lib/thingspace/credentials/open-latch.ts'
import { explainAccounts } from '../../lib/profile/support/accounts/explain-accounts.ts'
import type { Check, CheckSources } from './sources.ts'

const hourMilliseconds = 3_600_000
const dayMilliseconds = 24 * hourMilliseconds
/** keep-listener runs each hour. */
const staleAfter = 3 * hourMilliseconds
/** A rotation takes two hourly runs, and a failed one is repeated. */
const overdueDays = 2
/** Open items to read from each shard of the index. */
const mostOpenItems = 200

/** The callback registrations at ThingSpace, which accounts are served, and the age of the listener's password. */
export const checkListeners: Check = async (sources, command) => [
  ...(await attempt('accounts', async () => accountFindings(sources, command))),
  ...(await attempt('listeners', async () => registrationFindings(sources, command))),
  ...(await attempt('listener password', async () => passwordFinding(sources))),
]

async function accountFindings(sources: CheckSources, command: (words: string) => string): Promise<Finding[]> {
  if (sources.accounts().length === 0) {
    return [fail('accounts', 'listenerAccounts is empty, so every order is refused', 'set listenerAccounts and deploy')]
  }
  const { accounts } = await explainAccounts({
    store: sources.store(),
    accounts: sources.accounts(),
    limit: mostOpenItems,
    mostRequests: 4 * mostOpenItems,
  })
  return accounts.map((account): Finding => {
    const name = `account ${account.accountName}`
    if (!account.isConfigured) {
      return warn(
        name,
        `not in listenerAccounts, but has ${account.openRequests.length} open requests whose results may be lost`,
        command('listener served'),
      )
    }
    const checked = account.services.flatMap(({ record }) => (record === undefined ? [] : [record.checkedAt]))
    const refused = account.services.find(({ admission }) => admission.kind === 'refused')
    if (refused !== undefined) {
      const reason = refused.admission.kind === 'admitted' ? '' : refused.admission.reason
      return fail(name, `orders are refused: ${reason}`, command('listener repair'))
    }
    if (account.services.some(({ admission }) => admission.kind !== 'admitted')) {
      return warn(name, 'it is not certain that results arrive', command('listener served'))
    }
    return Math.min(...checked) < sources.clock() - staleAfter
      ? fail(
          name,
          'keep-listener has not checked the registration for three hours',
          'look at the schedule and the log of keep-listener',
        )
      : ok(name, 'served')
  })
}

async function registrationFindings(sources: CheckSources, command: (words: string) => string): Promise<Finding[]> {
  const found: Finding[] = []
  const listeners = await sources.listeners()
  for (const accountName of sources.accounts()) {
    // The calls of checkCredentials have shown whether the set can be used. A second failed login must not follow.
    const latch = await inspectLatch(sources.credentialSetOf(accountName), sources.latches().dependencies)
    if (latch.state !== 'open' || latch.failedLogins > 0) {
      found.push(unknown(`listener ${accountName}`, 'no call was made, because a login has failed'))
      continue
    }
    for (const { service, state, cause } of await listeners.inspect(accountName)) {
      const name = `listener ${accountName} ${service}`
      const repair = command(`listener repair --account '${accountName}'`)
      switch (state) {
        case 'current':
        case 'previous-credentials':
          found.push(ok(name, 'ours, with a valid password'))
          break
        case 'old-credentials':
          found.push(fail(name, 'ours, with an outdated password: callbacks go to quarantine', repair))
          break
        case 'absent':
          found.push(fail(name, 'nothing is registered: results are lost', repair))
          break
        case 'other-address':
          found.push(fail(name, 'results go to another system', `agree with its owner, then: ${repair} --take-over`))
          break
        case 'not-known':
          found.push(unknown(name, `ThingSpace did not list it: ${cause ?? 'no cause'}`))
          break
      }
    }
  }
  return found
}

async function passwordFinding(sources: CheckSources): Promise<Finding> {
  const name = 'listener password'
  const days = sources.rotateEveryDays()
  const { rotatedAt } = await sources.listenerSecret()
  if (days === 0) return ok(name, 'is not rotated, as rotateListenerDays says')
  const age = rotatedAt === undefined ? undefined : (sources.clock() - rotatedAt) / dayMilliseconds
  if (age === undefined) return warn(name, 'has never been rotated', 'run keep-listener, and look at its log')
  return age > days + overdueDays
    ? warn(name, `is ${Math.floor(age)} days old, but is due after ${days}`, 'look at the log of keep-listener')
    : ok(name, `is ${Math.floor(age)} days old`)
}
