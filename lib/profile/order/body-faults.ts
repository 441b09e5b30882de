const reportedFindings = 20

/** One finding about a body: a JSON pointer (RFC 6901), a stable code for programs, and a text for people. */
export type BodyFinding = { pointer: string; code: string; detail: string }

const longestStep = 100

/** One step of a JSON pointer. It is shortened, because an unknown name may have any length and any characters. */
export const step = (name: PropertyKey): string =>
  `/${String(name).slice(0, longestStep).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`

/** Collects findings. `list` holds the first 20, `count` counts all. */
export class Findings {
  readonly list: BodyFinding[] = []
  count = 0
  add(pointer: string, code: string, detail: string): void {
    this.count += 1
    if (this.list.length < reportedFindings) this.list.push({ pointer, code, detail })
  }
}

/** Faults make a body invalid. Warnings are about content that the gateway does not know but forwards. */
export type Notes = { faults: Findings; warnings: Findings }

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
