import '../simulation/function-environment.ts'
import { parseArgs } from 'node:util'
import { textOf } from '../bench/writing/terminal.ts'
import { fullSize, smallSize } from './kinds/storm.ts'
import { keepStorms, keptStorms } from './kept.ts'
import { judge } from './judge.ts'
import { measureAll, runAll } from './run-all.ts'
import { isSectionName, sectionNames, sections } from './sections.ts'
import { writeScaling } from './writing/document.ts'

const usage = `npm run storms -- [options]

  --only NAME   runs one storm: ${sectionNames.join(', ')}; may be repeated
  --small       a few seconds, as in the tests
  --write       writes docs/scaling.md and its pictures; needs all storms at full size
  --rewrite     writes them from the last results of each storm at full size
`

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    small: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rewrite: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const chosen = values.only.length === 0 ? sectionNames : values.only.filter(isSectionName)
const isPartial = values.small || chosen.length < sectionNames.length
if (values.help || chosen.length < values.only.length || (values.write && isPartial)) {
  console.log(usage)
  process.exit(values.help ? 0 : 2)
}

if (values.rewrite) {
  console.log(`${await writeScaling(keptStorms())} is written`)
  process.exit(0)
}

const begun = performance.now()
const say = (line: string) => console.log(`${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}`)
const size = values.small ? smallSize : fullSize
const measurements = await measureAll(size, say)
const ran = await runAll(chosen, { size, measurements, say })
if (!values.small) keepStorms(ran)
for (const { name, findings } of ran) {
  console.log(`\n== ${sections[name].title}`)
  for (const table of findings.tables) for (const line of textOf(table)) console.log(line)
}
const verdict = judge(ran, { isComplete: !isPartial })
for (const line of verdict.lines) console.log(line)
if (values.write) say(`${await writeScaling(ran)} is written`)
process.exit(verdict.isGood ? 0 : 1)
