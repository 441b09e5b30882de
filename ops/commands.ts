import type { Command } from './command.ts'
import { accounts } from './commands/accounts.ts'
import { audit } from './commands/audit.ts'
import { cancel } from './commands/cancel.ts'
import { check } from './commands/check.ts'
import { decisions } from './commands/decisions.ts'
import { evidence } from './commands/evidence.ts'
import { failures } from './commands/failures.ts'
import { find } from './commands/find.ts'
import { flow } from './commands/flow.ts'
import { latch } from './commands/latch.ts'
import { listener } from './commands/listener.ts'
import { orphans } from './commands/orphans.ts'
import { quarantine } from './commands/quarantine.ts'
import { redrive } from './commands/redrive.ts'
import { reorder } from './commands/reorder.ts'
import { retry } from './commands/retry.ts'
import { show } from './commands/show.ts'
import { guarded } from './output/terminal.ts'

const withGuardedTerminal = (command: Command): Command => ({
  ...command,
  run: (call) => command.run({ ...call, terminal: guarded(call.terminal) }),
})

/** All commands, in the order in which the overview lists them. No command can print control characters. */
export const commands: readonly Command[] = [
  check,
  decisions,
  find,
  show,
  failures,
  retry,
  reorder,
  cancel,
  redrive,
  quarantine,
  orphans,
  accounts,
  listener,
  latch,
  flow,
  audit,
  evidence,
].map(withGuardedTerminal)
