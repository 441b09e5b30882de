import { number, type Table } from '../../bench/findings.ts'
import { callsOf, type Recipe, unitsOf } from '../measuring/recipe.ts'
import { measuredFor, type StormContext, type StormFindings } from './storm.ts'

/** What was measured before the storms: the work of each step. */
export function runSteps(context: StormContext): StormFindings {
  const { recipes, sdkMilliseconds } = measuredFor(context, context.size.bulkDevices)
  context.say(`${recipes.size} steps`)
  return {
    method: [
      'The real handlers ran on the table in memory, one step at a time. Rounds are calls that are made at the same time; P is the POST to ThingSpace. Processor time contains that of the table in memory.',
      `The AWS SDK takes ${sdkMilliseconds.toFixed(2)} ms of processor time more for each call, measured without the network. The functions have a share of a processor (512 MB of 1,769 MB), so the model multiplies processor time by 3.5.`,
    ],
    tables: [table(recipes, context.size.bulkDevices)],
    targets: [],
    plots: [],
    firstLimits: [],
  }
}

const table = (recipes: ReadonlyMap<string, Recipe>, bulkDevices: number): Table => ({
  title: `Steps, with a bulk order of ${number(bulkDevices)} devices`,
  head: ['Step', 'Rounds', 'Calls', 'Write units', 'Read units', 'Work messages', 'Events', 'Processor ms'],
  rows: [...recipes].map(([name, recipe]) => [
    name,
    roundsOf(recipe),
    callsOf(recipe),
    number(unitsOf(recipe, 'write')),
    number(unitsOf(recipe, 'read')),
    recipe.workMessages,
    number(recipe.events),
    number(recipe.processorMilliseconds),
  ]),
})

/** Such as `1 8 P 1`. */
function roundsOf({ rounds }: Recipe): string {
  const shown = rounds.map((round) => (round === 'post' ? 'P' : String(round.calls.length)))
  return shown.length === 0 ? '-' : shown.length > 12 ? `${shown.length} rounds` : shown.join(' ')
}
