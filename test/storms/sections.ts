import { runCallbacks } from './kinds/callbacks.ts'
import { runDays } from './kinds/day.ts'
import { runFleet } from './kinds/fleet.ts'
import { runHotKeys } from './kinds/hot-keys.ts'
import { runNeighbours } from './kinds/neighbours.ts'
import { runNewTable } from './kinds/new-table.ts'
import { runOutages } from './kinds/outage.ts'
import { runSteps } from './kinds/steps.ts'
import { bulkDevicesOf } from './kinds/load.ts'
import type { Size, StormContext, StormFindings } from './kinds/storm.ts'

type Section = { title: string; run: (context: StormContext) => StormFindings | Promise<StormFindings> }

/** The storms, in the order of docs/scaling.md. */
export const sections = {
  day: { title: 'A million devices in a day', run: runDays },
  callbacks: { title: 'Ten thousand callbacks a second', run: runCallbacks },
  outage: { title: 'ThingSpace is down for two hours', run: runOutages },
  neighbours: { title: 'One bulk order in front of others', run: runNeighbours },
  'new-table': { title: 'A table that has just been created', run: runNewTable },
  fleet: { title: 'A month of a million devices', run: runFleet },
  'hot-keys': { title: 'Keys that many devices share', run: runHotKeys },
  steps: { title: 'What each step does', run: runSteps },
} satisfies Record<string, Section>

export type SectionName = keyof typeof sections

export const isSectionName = (name: string): name is SectionName => name in sections
export const sectionNames = Object.keys(sections).filter(isSectionName)

/** The sizes of bulk orders whose steps must be measured. */
export const bulkSizes = ({ days, bulkDevices }: Size): number[] => [
  ...new Set([bulkDevices, ...days.map((devices) => bulkDevicesOf(devices, bulkDevices))]),
]
