import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { type Command, commonHelp, commonOptions } from './command.ts'
import { commands } from './commands.ts'
import { connectGateway } from './connect/gateway.ts'
import { operatorLog } from './output/operator-log.ts'
import { outcomes, UsageError } from './outcome.ts'
import { httpCallOf } from './http-calls.ts'
import { printable } from './output/printable.ts'
import { guarded, openTerminal } from './output/terminal.ts'
import { readOptions } from './options/read-options.ts'
import { enterTarget } from './connect/target.ts'
import { createWording } from './output/wording.ts'

const Common = z.object({
  json: z.boolean().default(false),
  full: z.boolean().default(false),
  iso: z.boolean().default(false),
  yes: z.boolean().default(false),
  by: z.string().min(1).max(100).optional(),
  stage: z
    .string()
    .regex(/^[\w-]+$/, 'is not a stage name')
    .optional(),
  connection: z.string().optional(),
  verbose: z.boolean().default(false),
})

/**
 * Runs one command line and returns its exit code (see `outcomes`). Errors do not escape: their message goes to
 * standard error.
 */
export async function runOps(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = commands.find((each) => each.name === rest[0])
    process.stdout.write(asked === undefined ? overview() : `${helpOf(asked)}\n`)
    return name === undefined ? outcomes.usage : outcomes.done
  }
  const command = commands.find((each) => each.name === name)
  if (command === undefined) {
    process.stderr.write(`Unknown command "${printable(name)}".\n\n${overview()}`)
    return outcomes.usage
  }
  try {
    return await runCommand(command, rest)
  } catch (error) {
    process.stderr.write(`${printable(error instanceof UsageError ? error.message : wordsOf(error))}\n`)
    return error instanceof UsageError ? outcomes.usage : outcomes.failed
  }
}

async function runCommand(command: Command, argv: string[]): Promise<number> {
  const { values, positionals } = parse(command, argv)
  if (values['help'] === true) {
    process.stdout.write(`${helpOf(command)}\n`)
    return outcomes.done
  }
  const { json, full, iso, yes, stage, connection, verbose, by = userInfo().username } = readOptions(Common, values)
  const name = await enterTarget({ stage, connection })
  const terminal = guarded(openTerminal({ json, yes }))
  terminal.note(`Using ${name}.`)
  const gateway = connectGateway({ name, log: operatorLog(terminal, verbose), stage })
  const wording = createWording({ iso, full, now: gateway.clock }, { stage, connection })
  const outcome = await command.run({
    words: positionals,
    options: values,
    gateway,
    terminal,
    wording,
    full,
    by: `operator:${by}`,
  })
  const call = httpCallOf([command.name, ...positionals], values)
  if (call !== undefined) terminal.note(`Over HTTP: ${call}`)
  return outcomes[outcome]
}

function parse({ name, options }: Command, args: string[]) {
  try {
    return parseArgs({ args, options: { ...options, ...commonOptions }, allowPositionals: true })
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message : String(error)}\nSee: npm run ops -- ${name} --help`,
    )
  }
}

const helpOf = ({ help }: Command): string => `${help}\n\n${commonHelp}`

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    'Inspect and operate a running gateway. Guide: docs/operations-cli.md',
    '',
    'npm run ops -- <command> [options]',
    '',
    ...list,
    '',
    'Help for one command: npm run ops -- <command> --help',
    '',
    commonHelp,
    '',
    'Exit codes: 0 done, 1 failed, 2 invalid command or gateway not reached, 3 nothing found, 4 not confirmed, 130 stopped.',
    '',
  ].join('\n')
}

/** AWS errors carry a useful name and message. A stack trace would not help an operator. */
const wordsOf = (error: unknown): string =>
  error instanceof Error ? `Failed: ${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error)
