import type { Identifier } from './identifiers.ts'
import { usual } from './magic-reports.ts'
import { magicTable } from './magic-table.ts'
import type { Outcome } from './outcomes.ts'

const bySuffix = new Map(magicTable.map((row) => [row.suffix, row.outcome]))

/** The outcome of a device, by the last four digits of its ICCID, else of its EID, its IMEI or its first identifier. */
export const magicOutcome = (asked: readonly Identifier[]): Outcome => {
  const idOf = (kind: Identifier['kind']) => asked.find((identifier) => identifier.kind === kind)?.id
  const deciding = idOf('iccid') ?? idOf('eid') ?? idOf('imei') ?? asked[0]?.id ?? ''
  return bySuffix.get(deciding.slice(-4)) ?? usual
}
