import { inspectLatch, type Latch, openLatch } from '../../lib/thingspace/credentials/open-latch.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { onlyCredentialSet } from '../options/credential-set.ts'

const help = `npm run ops -- latch
npm run ops -- latch open <credentialSet>

Shows or opens the login latch of each credential set. After two failed logins with the same secret the gateway stops
logging in, because Verizon locks the user after five failures and only its support can unlock it. Requests of the
affected accounts wait until then; none is lost.

Changing the secret opens the latch automatically. Open it by hand only if the secret is correct and the cause is fixed,
for instance because the user was unlocked or ThingSpace's login works again. Each opening allows two more failures.

  open      the gateway logs in
  closed    the gateway does not log in with this secret
  changed   the latch closed, and the secret was changed since then: the gateway logs in
  unknown   the latch closed, but your role may not read the secret, so it is unknown whether it was changed`

const meaning: Readonly<Record<Latch['state'], string>> = {
  open: 'the gateway logs in',
  closed: 'the gateway does not log in with this secret; requests wait',
  changed: 'the secret was changed since then, so the gateway logs in',
  unknown: 'the secret could not be read, so it is unknown whether it was changed',
}

export const latch: Command = {
  name: 'latch',
  summary: 'show whether the gateway logs in to ThingSpace; allow logins again after failures',
  help,
  options: {},
  async run(call) {
    const [what, ...words] = call.words
    if (what === undefined) return show(call)
    if (what !== 'open') throw new UsageError(`latch has only the subcommand open, not "${what}".`)
    return open(words, call)
  },
}

async function show({ gateway, terminal }: Call): Promise<Outcome> {
  const { credentialSets, dependencies } = gateway.latches()
  const latches = await Promise.all(credentialSets.map((each) => inspectLatch(each, dependencies)))
  terminal.answer(
    columns(
      ['credential set', 'latch', 'failed logins', 'meaning'],
      latches.map(({ credentialSet, state, failedLogins }) => [credentialSet, state, failedLogins, meaning[state]]),
    ),
    { latches },
  )
  return latches.some(({ state }) => state === 'closed') ? 'failed' : 'done'
}

async function open(words: readonly string[], { gateway, terminal, by }: Call): Promise<Outcome> {
  const { credentialSets, dependencies } = gateway.latches()
  const credentialSet = onlyCredentialSet(words, credentialSets)
  const seen = await inspectLatch(credentialSet, dependencies)
  terminal.note(`${credentialSet}: ${seen.state} after ${seen.failedLogins} failed logins; ${meaning[seen.state]}.`)
  if (seen.failedLogins === 0) {
    terminal.note('The latch has no failed logins, so there is nothing to open.')
    return 'nothing'
  }
  terminal.note('Verizon counts failed logins too, and locks the user after five. Make sure that the cause is fixed.')
  if (!(await terminal.confirm(`Reset the failed logins of ${credentialSet}?`))) return 'declined'
  if (!(await openLatch(seen, by, { ...dependencies, audit: await gateway.audit() }))) {
    terminal.note('The latch changed meanwhile. Check it again.')
    return 'failed'
  }
  gateway.log.info('login latch opened', { credentialSet, by })
  terminal.answer([`The gateway logs in with ${credentialSet} again.`], { credentialSet, opened: true })
  return 'done'
}
