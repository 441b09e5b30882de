import { inspectLatch, type Latch, openLatch } from '../../lib/thingspace/credentials/open-latch.ts'
import type { Call, Command } from '../command.ts'
import { columns } from '../output/columns.ts'
import { type Outcome, UsageError } from '../outcome.ts'
import { onlyWord } from '../read-options.ts'

const help = `npm run ops -- latch
npm run ops -- latch open <credentialSet>

After two failed logins with one secret no login is tried any more, because Verizon locks the user at five and only its
support unlocks it. Requests of its accounts wait meanwhile; nothing is lost.

A changed secret opens the latch by itself. Open it by hand only if the secret is right and the cause is mended (the user
was unlocked, ThingSpace's login is up again): each opening allows two more failures.

  open      logins are tried
  closed    no login is tried with this secret
  changed   it closed, and the secret was changed since: logins are tried
  unknown   it closed; your role may not read the secret, so whether it was changed is not known`

const meaning: Readonly<Record<Latch['state'], string>> = {
  open: 'logins are tried',
  closed: 'no login is tried with this secret; requests wait',
  changed: 'the secret was changed since: logins are tried',
  unknown: 'the secret could not be read, so whether it was changed is not known',
}

export const latch: Command = {
  name: 'latch',
  summary: 'whether logins to ThingSpace are tried; open after failed ones',
  help,
  options: {},
  async run(call) {
    const [what, ...words] = call.words
    if (what === undefined) return show(call)
    if (what !== 'open') throw new UsageError(`latch knows only open, and not "${what}".`)
    return open(onlyWord(words, 'credentialSet'), call)
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

async function open(credentialSet: string, { gateway, terminal, by }: Call): Promise<Outcome> {
  const { credentialSets, dependencies } = gateway.latches()
  if (!credentialSets.includes(credentialSet)) {
    throw new UsageError(`There is no credential set "${credentialSet}": ${credentialSets.join(', ')}.`)
  }
  const seen = await inspectLatch(credentialSet, dependencies)
  terminal.note(`${credentialSet}: ${seen.state} after ${seen.failedLogins} failed logins; ${meaning[seen.state]}.`)
  if (seen.failedLogins === 0) {
    terminal.note('There is nothing to open.')
    return 'nothing'
  }
  terminal.note('Verizon counts failed logins too, and locks the user at five. Is the cause mended?')
  if (!(await terminal.confirm(`Forget the failed logins of ${credentialSet}?`))) return 'declined'
  if (!(await openLatch(seen, dependencies))) {
    terminal.note('Something changed it meanwhile: look again.')
    return 'failed'
  }
  gateway.log.info('login latch opened', { credentialSet, by })
  terminal.answer([`Logins of ${credentialSet} are tried again.`], { credentialSet, opened: true })
  return 'done'
}
