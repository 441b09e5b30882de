const reportedFaults = 20

/** One thing wrong with a body: where (RFC 6901), a stable code, and words. */
export type BodyFault = { pointer: string; code: string; detail: string }

const longestStep = 100

/** One step of a JSON pointer (RFC 6901). A name nobody knows may have any length; the answer must not have it too. */
export const step = (name: PropertyKey): string =>
  `/${String(name).slice(0, longestStep).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Collects faults: the first few are reported, all are counted. */
export class Faults {
  readonly list: BodyFault[] = []
  count = 0
  add(pointer: string, code: string, detail: string): void {
    this.count += 1
    if (this.list.length < reportedFaults) this.list.push({ pointer, code, detail })
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
