import type { ParseArgsOptionsConfig } from 'node:util'
import type { Gateway } from './connect/gateway.ts'
import type { Outcome } from './outcome.ts'
import type { Terminal } from './output/terminal.ts'
import type { Wording } from './output/wording.ts'

/** The input of every command. `runOps` builds it from the command line. */
export type Call = {
  /** The arguments after the command's name, without options. */
  words: readonly string[]
  /** The options as `parseArgs` returned them. Each command validates its own. */
  options: Readonly<Record<string, unknown>>
  gateway: Gateway
  terminal: Terminal
  wording: Wording
  /** Whether identifiers are shown in full; otherwise only their last four digits. */
  full: boolean
  /** The operator, such as `operator:kim`. It is stored with each decision. */
  by: string
}

export type Command = {
  name: string
  /** One line for the list of commands. */
  summary: string
  /** The text of `--help`: usage, purpose and options. */
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

/** The part of every help text about the common options. */
export const commonHelp = `Common options:
  --json             print the answer as JSON on standard output (times in ISO 8601, UTC)
  --full             print identifiers in full (default: only their last four digits)
  --iso              print times in ISO 8601 and UTC (default: local time)
  -y, --yes          answer yes to every confirmation
  --by <name>        your name, stored with each decision (default: the user of this machine)
  --stage <name>     use a deployed stage, with your AWS credentials (default: the local stack)
  --connection <file>  the local stack's connection file (default: LOCAL_CONNECTION_FILE, or .local/stack.json)
  -v, --verbose      print informational log lines and warnings of the gateway's code too
  -h, --help         print this help`
