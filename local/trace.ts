/** An event of the local stack that the terminal shows. */
export type TraceLine =
  | { kind: 'call'; call: string; status: number; milliseconds: number }
  | { kind: 'batch'; source: string; name: string; records: number; failed: number; milliseconds: number }
  | { kind: 'event'; name: string }
  | { kind: 'schedule'; name: string; milliseconds: number }
  | { kind: 'failure'; name: string; reason: string }
  /** A call was refused because of a limit of AWS. */
  | { kind: 'refusal'; name: string; reason: string }

export type Trace = (line: TraceLine) => void

/** Equal lines within `gatheringMs`, printed as one: ten thousand callbacks must not print ten thousand lines. */
type Gathered = { at: Date; text: string; times: number; records: number; milliseconds: number }

const gatheringMs = 500

/** Prints trace lines. Equal lines are combined and have the time of the first. Successful schedules are not shown. */
export function createTracePrinter(print: (text: string) => void): { trace: Trace; flush: () => void } {
  let gathered = new Map<string, Gathered>()
  let timer: NodeJS.Timeout | undefined

  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const lines = gathered
    gathered = new Map()
    for (const line of lines.values()) print(`${line.at.toTimeString().slice(0, 8)}  ${format(line)}`)
  }

  const trace: Trace = (line) => {
    const text = textOf(line)
    if (text === undefined) return
    const entry = gathered.get(text) ?? { at: new Date(), text, times: 0, records: 0, milliseconds: 0 }
    entry.times += 1
    if (line.kind === 'batch') entry.records += line.records
    if ('milliseconds' in line) entry.milliseconds += line.milliseconds
    gathered.set(text, entry)
    timer ??= setTimeout(flush, gatheringMs)
  }
  return { trace, flush }
}

function textOf(line: TraceLine): string | undefined {
  switch (line.kind) {
    case 'call':
      return `${line.call}  ${line.status}`
    case 'batch':
      return `  ${line.source} -> ${line.name}${line.failed === 0 ? '' : `, ${line.failed} failed`}`
    case 'event':
      return `  event ${line.name}`
    case 'schedule':
      return undefined
    case 'failure':
      return `  ${line.name} failed: ${line.reason}`
    case 'refusal':
      return `  ${line.name}: ${line.reason}`
  }
}

function format({ text, times, records, milliseconds }: Gathered): string {
  const counted = [
    ...(records > 0 ? [`${records} record${records === 1 ? '' : 's'}`] : []),
    ...(times > 1 ? [`${times} times`] : []),
    ...(milliseconds > 0 ? [times > 1 ? `${Math.round(milliseconds / times)} ms each` : `${milliseconds} ms`] : []),
  ]
  return counted.length === 0 ? text : `${text}  ${counted.join(', ')}`
}
