/** What can go wrong with one effect. */
export const faultKinds = [
  /** The process dies and the effect was not done. */
  'crash-before',
  /** The effect is done and the process dies before it learns of it. */
  'crash-after',
  /** The effect is done, and its caller gets an error. */
  'lost',
  /** The effect is done, its answer is lost, and the SDK repeats it; the caller sees the second answer. */
  'repeated',
  /** The effect is not done, and its caller gets an error. */
  'refused',
  /** A POST to ThingSpace: no answer, and it is accepted long after the attempt's lease has run out. */
  'late',
  /** A POST to ThingSpace: no answer, and it never got there. */
  'vanished',
  /** The process stands still for longer than its lease and then goes on as if nothing had been. */
  'frozen',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** Which effect of a run fails, and how. Effects are numbered from 1 in the order they are let through. */
export type Plan = ReadonlyMap<number, FaultKind>

export const noFaults: Plan = new Map()

/** `12:crash-after,30:lost` */
export const planText = (plan: Plan): string => [...plan].map(([number, kind]) => `${number}:${kind}`).join(',')

export function readPlan(text: string): Plan {
  const faults = text.split(',').filter((part) => part.trim() !== '')
  return new Map(
    faults.map((part) => {
      const [number = '', name = ''] = part.trim().split(':')
      const kind = faultKinds.find((known) => known === name)
      if (kind === undefined || !/^\d+$/.test(number)) throw new Error(`"${part}" is no fault; write 12:crash-after`)
      return [Number(number), kind]
    }),
  )
}
