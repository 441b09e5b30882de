const reportedFindings = 20

/** One thing to say about a body: where (RFC 6901), a stable code, and words. */
export type BodyFinding = { pointer: string; code: string; detail: string }

const longestStep = 100

/** One step of a JSON pointer (RFC 6901). An unknown name may have any length and any characters; the answer may not. */
export const step = (name: PropertyKey): string =>
  `/${String(name).slice(0, longestStep).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Collects findings: the first few are reported, all are counted. */
export class Findings {
  readonly list: BodyFinding[] = []
  count = 0
  add(pointer: string, code: string, detail: string): void {
    this.count += 1
    if (this.list.length < reportedFindings) this.list.push({ pointer, code, detail })
  }
}

/** What makes a body unusable, and what the gateway does not know but forwards. */
export type Notes = { faults: Findings; warnings: Findings }

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
