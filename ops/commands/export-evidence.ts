import * as z from 'zod'
import { collectEvidence } from '../../lib/profile/support/collect-evidence.ts'
import type { Command } from '../command.ts'
import { evidenceCsv } from '../output/evidence-csv.ts'
import { printable } from '../output/printable.ts'
import { writeNewFile } from '../output/write-new-file.ts'
import { onlyWord, readOptions } from '../options/read-options.ts'

const Options = z.object({ format: z.enum(['json', 'csv']).default('json'), out: z.string().optional() })

const help = `npm run ops -- export <requestId> [--format json|csv] [--out <file>]

Exports everything that is stored about one request, for a support case: the order, every submission with its attempts
and decisions, every device, and every callback as received. Credentials are never stored, so they are not included.

The export holds identifiers in full, because Verizon's support cannot look up masked ones. Share it accordingly.

  --format json  everything (default)
  --format csv   one line for each device and callback
  --out <file>   write to this new file, readable only by you (default: standard output)`

export const exportEvidence: Command = {
  name: 'export',
  summary: 'export everything stored about one request, as JSON or CSV, for a support case',
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
      terminal.note(`Request ${requestId} does not exist.`)
      return 'nothing'
    }
    const text = format === 'csv' ? evidenceCsv(evidence) : `${JSON.stringify(evidence, undefined, 2)}\n`
    if (out === undefined) process.stdout.write(format === 'csv' ? printable(text, '\r') : printable(text))
    else {
      await writeNewFile(out, text)
      terminal.note(`Wrote ${text.length} characters to ${out}, with identifiers in full.`)
    }
    return 'done'
  },
}
