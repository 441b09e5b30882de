/** The faults of one effect. */
export const faultKinds = [
  /** The process dies before the effect. */
  'crash-before',
  /** The process dies after the effect, before it learns the outcome. */
  'crash-after',
  /** The effect is done, and its caller gets an error. */
  'lost',
  /** The effect is done, its response is lost, and the SDK repeats it. The caller sees the second response. */
  'repeated',
  /** The effect is not done, and its caller gets an error. */
  'refused',
  /** A POST to ThingSpace without a response. ThingSpace accepts it long after the lease has expired. */
  'late',
  /** A POST to ThingSpace without a response that never arrived there. */
  'vanished',
  /** The process is suspended for longer than its lease and then continues. */
  'frozen',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** Which effects of a run fail, and how. Effects are numbered from 1 in the order in which they pass the gate. */
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
      if (kind === undefined || !/^\d+$/.test(number))
        throw new Error(`"${part}" is not a fault; expected for example 12:crash-after`)
      return [Number(number), kind]
    }),
  )
}
