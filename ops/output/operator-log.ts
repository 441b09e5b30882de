import type { Log } from '../../lib/profile/ports.ts'
import type { Terminal } from './terminal.ts'

/** The log that the gateway's code writes to during a command. Prints errors always, and other lines with `--verbose`. */
export function operatorLog({ note }: Terminal, verbose: boolean): Log {
  const line = (level: string, message: string, fields: object = {}) => {
    const { error, ...rest }: Record<string, unknown> = { ...fields }
    const cause = error instanceof Error ? `: ${error.message}` : ''
    note(`${level} ${message}${cause}${Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`}`)
  }
  return {
    info: (message, fields) => (verbose ? line('info', message, fields) : undefined),
    warn: (message, fields) => (verbose ? line('warning', message, fields) : undefined),
    error: (message, fields) => line('error', message, fields),
  }
}
