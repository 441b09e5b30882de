import { writeFile } from 'node:fs/promises'
import * as z from 'zod'
import { collectEvidence } from '../../lib/profile/support/collect-evidence.ts'
import type { Command } from '../command.ts'
import { evidenceCsv } from '../output/evidence-csv.ts'
import { UsageError } from '../outcome.ts'
import { printable } from '../output/printable.ts'
import { onlyWord, readOptions } from '../read-options.ts'

const Options = z.object({ format: z.enum(['json', 'csv']).default('json'), out: z.string().optional() })

const help = `npm run ops -- export <requestId> [--format json|csv] [--out <file>]

All that is stored of one request, for a support case: the order, every submission with its attempts and decisions, every
device, every callback as it came (without credentials, which are never stored).

It holds identifiers in full, because nobody can look a masked one up: hand it on accordingly.

  --format json  everything (the default)
  --format csv   one line for each device and callback
  --out <file>   to this new file, readable by you only; else to standard output`

/** Only a new file is surely for its owner alone: one that exists keeps its mode, and may be a link to another place. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(`${file} exists already; name another file or remove it.`)
    throw error
  }
}

export const exportEvidence: Command = {
  name: 'export',
  summary: 'all that is stored of one request, as JSON or CSV, for a support case',
  help,
  options: { format: { type: 'string' }, out: { type: 'string' } },
  async run({ words, options, gateway, terminal }) {
    const requestId = onlyWord(words, 'requestId')
    const { format, out } = readOptions(Options, options)
    const evidence = await collectEvidence(requestId, {
      store: gateway.store(),
      clock: gateway.clock,
      settings: gateway.settings(),
    })
    if (evidence === undefined) {
      terminal.note(`There is no request ${requestId}.`)
      return 'nothing'
    }
    const text = format === 'csv' ? evidenceCsv(evidence) : `${JSON.stringify(evidence, undefined, 2)}\n`
    if (out === undefined) process.stdout.write(format === 'csv' ? printable(text, '\r') : printable(text))
    else {
      await writeNew(out, text)
      terminal.note(`Written to ${out}: ${text.length} characters, identifiers in full.`)
    }
    return 'done'
  },
}
