import * as z from 'zod'
import { evidencePage } from '../../lib/http/support/evidence-page.ts'
import { evidenceTable } from '../../lib/http/support/show-evidence.ts'
import { collectPack, type EvidencePart } from '../../lib/profile/support/evidence/evidence-pack.ts'
import type { Command } from '../command.ts'
import { onlyWord, readOptions } from '../options/read-options.ts'
import { printable } from '../output/printable.ts'
import { writeNewFile } from '../output/write-new-file.ts'

const Options = z.object({ format: z.enum(['json', 'csv', 'html']).default('json'), out: z.string().optional() })

const help = `npm run ops -- evidence <requestId> [--format json|csv|html] [--out <file>]

Writes the evidence about one request for Verizon's support: the order, its history with every attempt, decision and
callback, ThingSpace's request ids and ours, and the state of each device. A hash chain over the entries shows whether
one was changed, left out or moved; docs/operations-cli.md has a script that checks it.

The evidence holds identifiers in full, because Verizon's support cannot look up masked ones. Share it accordingly.

  --format json  all entries with their hashes (default)
  --format csv   a table with a line for each entry
  --format html  a page that prints on landscape paper
  --out <file>   write to this new file, readable only by you (default: standard output)`

const textOf = (part: EvidencePart, format: z.infer<typeof Options>['format']): string => {
  switch (format) {
    case 'json':
      return `${JSON.stringify(part, undefined, 2)}\n`
    case 'csv':
      return evidenceTable(part)
    case 'html':
      return evidencePage(part, undefined)
  }
}

export const evidence: Command = {
  name: 'evidence',
  summary: "write the evidence about one request for Verizon's support, with a hash chain",
  help,
  options: { format: { type: 'string' }, out: { type: 'string' } },
  async run({ words, options, gateway, terminal }) {
    const requestId = onlyWord(words, 'requestId')
    const { format, out } = readOptions(Options, options)
    const dependencies = { store: gateway.store(), clock: gateway.clock, settings: gateway.settings() }
    const collected = await collectPack(requestId, { hasRoom: () => true }, dependencies)
    if (collected?.kind !== 'part') {
      terminal.note(`Request ${requestId} does not exist.`)
      return 'nothing'
    }
    const text = textOf(collected.part, format)
    if (out === undefined) process.stdout.write(printable(text, '\r'))
    else {
      await writeNewFile(out, text)
      terminal.note(`Wrote ${collected.part.total} entries to ${out}, with identifiers in full.`)
    }
    return 'done'
  },
}
