import '../simulation/function-environment.ts'
import { resolve } from 'node:path'
import type { Findings, Mode } from './findings.ts'
import { sections } from './sections.ts'

/** Runs one section in its own process, so that none inherits the heap or the sockets of another. */
export type Message = { kind: 'said'; line: string } | { kind: 'found'; findings: Findings }

const [, , name = '', mode = 'quick', folder = '.bench'] = process.argv
const section = sections[name]
if (section === undefined) throw new Error(`there is no section ${name}`)

const tell = (message: Message) => new Promise<void>((done) => process.send?.(message, () => done()))

const { run } = await section.load()
const findings = await run({
  mode: mode as Mode,
  folder: resolve(folder),
  say: (line) => void tell({ kind: 'said', line }),
})
await tell({ kind: 'found', findings })
process.exit()
