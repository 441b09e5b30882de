import { flowLargeWorlds, flowWorlds } from './limits/flow-worlds.ts'
import { protocolLargeWorlds, protocolWorlds, type Scenario } from './scenario.ts'
import { hangingWorlds, identityWorlds, monthWorlds, summaryWorlds, widerLargeWorlds } from './wider-worlds.ts'

/** The worlds of the exhaustive search. */
export const smallWorlds: readonly Scenario[] = [
  ...protocolWorlds,
  ...identityWorlds,
  ...monthWorlds,
  ...summaryWorlds,
  ...hangingWorlds,
  ...flowWorlds,
]

/** The worlds of random faults and interleavings. */
export const largeWorlds: readonly Scenario[] = [...protocolLargeWorlds, ...widerLargeWorlds, ...flowLargeWorlds]

export const scenarioOf = (name: string): Scenario => {
  const found = [...smallWorlds, ...largeWorlds].find((scenario) => scenario.name === name)
  if (found === undefined) throw new Error(`there is no world "${name}"`)
  return found
}
