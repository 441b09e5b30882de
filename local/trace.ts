/** One line for the person at the terminal. */
export type TraceLine =
  | { kind: 'call'; call: string; status: number; milliseconds: number }
  | { kind: 'batch'; source: string; name: string; records: number; failed: number; milliseconds: number }
  | { kind: 'schedule'; name: string; milliseconds: number }
  | { kind: 'failure'; name: string; reason: string }

export type Trace = (line: TraceLine) => void

/** How a line reads; `undefined` for what would only repeat itself, as a schedule every two seconds does. */
export function formatTrace(line: TraceLine): string | undefined {
  switch (line.kind) {
    case 'call':
      return `${line.call}  ${line.status}  ${line.milliseconds} ms`
    case 'batch': {
      const failed = line.failed === 0 ? '' : `, ${line.failed} returned`
      return `  ${line.source} -> ${line.name}  ${line.records} record${line.records === 1 ? '' : 's'}${failed}  ${line.milliseconds} ms`
    }
    case 'schedule':
      return undefined
    case 'failure':
      return `  ${line.name} failed: ${line.reason}`
  }
}
