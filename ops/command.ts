import type { ParseArgsOptionsConfig } from 'node:util'
import type { Gateway } from './gateway.ts'
import type { Outcome } from './outcome.ts'
import type { Terminal } from './output/terminal.ts'
import type { Wording } from './output/wording.ts'

/** What every command is given. */
export type Call = {
  /** What stands behind the command's name, options taken out. */
  words: readonly string[]
  /** The options as they were parsed; each command reads its own. */
  options: Readonly<Record<string, unknown>>
  gateway: Gateway
  terminal: Terminal
  wording: Wording
  /** Whether identifiers are shown whole. */
  full: boolean
  /** Who decides: noted on the record. */
  by: string
}

export type Command = {
  name: string
  /** One line for the list of commands. */
  summary: string
  /** All of its help: how it is called, its options, what it does. */
  help: string
  options: ParseArgsOptionsConfig
  run: (call: Call) => Promise<Outcome>
}

/** Options that every command takes. */
export const commonOptions = {
  json: { type: 'boolean' },
  full: { type: 'boolean' },
  iso: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  by: { type: 'string' },
  stage: { type: 'string' },
  connection: { type: 'string' },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig

export const commonHelp = `Common options:
  --json             answer in JSON on standard output (times in ISO 8601, UTC)
  --full             identifiers whole; else only their last four digits
  --iso              times in ISO 8601 and UTC; else in local time
  -y, --yes          confirm beforehand what would be asked
  --by <name>        who decides, noted on the record; else the user of this machine
  --stage <name>     a deployed stage, by your AWS credentials; else the local stack
  --connection <file>  the local stack's connection file; else that of LOCAL_CONNECTION_FILE, else .local/stack.json
  -v, --verbose      also what the gateway's code logs
  -h, --help         this help`
