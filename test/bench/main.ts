import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from '../../deploy/esbuild-options.ts'
import { forget, keep, type Kept, keptOf } from './kept.ts'
import { endAll, runSection } from './run-section.ts'
import { sections } from './sections.ts'
import { writeDocument } from './writing/document.ts'
import { printed } from './writing/terminal.ts'

/**
 * `npm run bench` takes about two minutes. `-- --full` takes longer and writes docs/performance.md. `--write` writes
 * it from the last results. `--only NAME` measures one section.
 */
const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
})
const mode = values.full ? 'full' : 'quick'
const folder = join(projectRoot, '.bench')
const strange = values.only.filter((name) => sections[name] === undefined)
if (strange.length > 0) {
  console.error(`There is no section ${strange.join(', ')}: choose of ${Object.keys(sections).join(', ')}.`)
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endAll()
    process.exit(130)
  })
}
process.once('exit', endAll)

const begun = performance.now()
const say = (line: string) => console.log(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}`)
const measured: Kept[] = []
const failures: string[] = []
for (const [name, section] of Object.entries(sections)) {
  if (values.only.length > 0 && !values.only.includes(name)) continue
  say(section.title)
  try {
    const findings = await runSection({ name, section, mode, folder, say: (line) => say(`  ${line}`) })
    measured.push(keep(folder, { name, mode, at: new Date().toISOString(), findings }))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    failures.push(`${section.title}: ${reason}`)
    forget(folder, name, mode)
    say(`  failed: ${reason.split('\n')[0]}`)
  }
}
for (const line of printed(measured)) console.log(line)
if (values.full || values.write) {
  const kept = Object.keys(sections).flatMap((name) => keptOf(folder, name, mode))
  say(`${await writeDocument(kept)} is written`)
}
for (const failure of failures) console.error(`\nNot measured. ${failure}`)
process.exit(failures.length > 0 ? 1 : 0)
