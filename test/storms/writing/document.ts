import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { projectRoot } from '../../../deploy/esbuild-options.ts'
import { number } from '../../bench/findings.ts'
import { rowsIn, tableIn } from '../../bench/writing/markdown.ts'
import { figures } from '../../capacity/figures.ts'
import { notMet } from '../not-met.ts'
import type { Ran } from '../run-all.ts'
import { sections } from '../sections.ts'
import { assumptions } from './assumptions.ts'

const name = 'docs/scaling.md'
const file = join(projectRoot, name)
const pictures = join(projectRoot, 'docs/scaling')

const introduction = `# Scaling

Written by \`npm run storms -- --write\`.

The gateway has not been deployed, so nobody has put this load on it. These are storms in virtual time: a model of the limits that AWS documents
(\`test/capacity\`), and the gateway in front of it. What each step of the gateway does, in calls, in units of each key and in processor time, is measured from
the real handlers at the beginning of every run. What the gateway decides, such as delays, back-off, lanes and the limit of calls at once, is decided by its own
functions. Processor time is that of the machine that wrote this page, so times change a little from run to run. Counts hardly do.
`

const leftOut = `## What the model leaves out

- The sequence of a function's work is written again for virtual time (\`test/storms/gateway\`): reading, asking for a slot, claiming, sending, storing. Only what it
  decides is the gateway's own code. The repeats of \`recordOutcome\` are missing.
- The time of the network, and of every service beside the values in the table of assumptions. DynamoDB takes 5 ms for each call, whatever its size.
- Limits that AWS does not publish, and what AWS does beyond its promises. DynamoDB usually lets a key range exceed its limit for a moment.
- The warming of caches and connections, deployments, and other functions of the same AWS account.
- Two writers of one item: transactions that conflict, and environments that take a slot of the flow control at the same moment.
- Expired sessions and logins at ThingSpace, refused devices, split submissions, and devices that never report.
- Logs. Reads of apps. A stream gets no more shards when its table gets more key ranges.
- The order of messages within a queue: SQS does not promise one, the model delivers the oldest first.
`

/** Writes the document and its pictures, and returns its name. */
export async function writeScaling(ran: readonly Ran[]): Promise<string> {
  mkdirSync(pictures, { recursive: true })
  for (const { findings } of ran) {
    for (const { file: picture, svg } of findings.plots) writeFileSync(join(pictures, picture), svg)
  }
  const text = [introduction, limitsIn(ran), goalsIn(ran), ...ran.map(sectionIn), leftOut, sourcesIn()].join('\n\n')
  const style = (await resolveConfig(file)) ?? {}
  writeFileSync(file, await format(text, { ...style, parser: 'markdown' }))
  return name
}

/** What the document says now. */
export const writtenScaling = (): string => readFileSync(file, 'utf8')

function limitsIn(ran: readonly Ran[]): string {
  const rows = ran.flatMap(({ findings }) =>
    findings.firstLimits.map(({ load, first, lost, sentTwice }) => [load, first, number(lost), number(sentTwice)]),
  )
  return `## Load and first limit\n\nLimits that a storm reached, or else the one that it used most. The share is that of a key range within ten seconds, of a rate within one second. Refused calls of the table are repeated by the SDK and the store.\n\n${rowsIn(['Load', 'First limit', 'Lost', 'Accepted twice'], rows)}`
}

function goalsIn(ran: readonly Ran[]): string {
  const rows = ran.flatMap(({ findings }) =>
    findings.targets.map((target) => [
      target.name,
      target.wanted,
      target.measured,
      target.isReached ? 'yes' : `**no**${notMet[target.name] === undefined ? '' : `: ${notMet[target.name]}`}`,
    ]),
  )
  return `## Goals\n\n${rowsIn(['Goal', 'Wanted', 'Measured', 'Met'], rows)}`
}

const sectionIn = ({ name: section, findings }: Ran): string =>
  [
    `## ${sections[section].title}`,
    ...findings.method,
    ...findings.tables.map(tableIn),
    ...findings.plots.map(({ file: picture, title }) => `![${title}](scaling/${picture})`),
  ].join('\n\n')

function sourcesIn(): string {
  const rows = Object.values(figures).map(({ what, value, unit, source, ...others }) => [
    what,
    `${value.toLocaleString('en-US')} ${unit}`.trim(),
    `[${source.page}](${source.url})`,
    'remark' in others ? others.remark : '',
  ])
  return [
    '## Sources of the figures',
    'Read in November 2026 from stored copies of these pages.',
    rowsIn(['What', 'Value', 'Page', 'Remark'], rows),
    '## Assumptions',
    'Nobody documents these values. They are parameters of the model.',
    rowsIn(
      ['What', 'Value', 'Why'],
      assumptions.map(({ what, value, why }) => [what, value, why]),
    ),
  ].join('\n\n')
}
