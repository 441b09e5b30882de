import type { Kind } from '../../capacity/dynamodb/key-range.ts'
import type { KeyedCharge } from '../../fakes/dynamodb/capacity.ts'

/**
 * Units that a step takes from one key. `role` is the beginning of its partition key, such as `REQ` or `DEV`. Keys of one
 * role are numbered in the order in which the step first uses them.
 */
export type Share = { role: string; nth: number; kind: Kind; units: number; index?: string }

/** `atomic`: takes everything or nothing. `batch`: DynamoDB may leave items of it undone. */
export type Call = { command: string; style: 'single' | 'atomic' | 'batch'; shares: readonly Share[] }

/** Calls that are made at the same time, or the POST to ThingSpace. */
export type Round = { calls: readonly Call[] } | 'post'

/** Everything that one step of the gateway does to its surroundings, counted while the real handler ran. */
export type Recipe = {
  rounds: readonly Round[]
  /** Changes that the stream delivers, by kind of item. */
  emits: Readonly<Record<string, number>>
  workMessages: number
  events: number
  /** Processor time on this machine, without that of the AWS SDK. */
  processorMilliseconds: number
}

const styles: Readonly<Record<string, Call['style']>> = { TransactWriteCommand: 'atomic', BatchWriteCommand: 'batch' }

/** Numbers the keys of each role, so that a recipe fits any request. */
export function createNaming(): (charge: KeyedCharge) => Share {
  const known = new Map<string, number>()
  const counts = new Map<string, number>()
  return ({ kind, units, index, key }) => {
    const pk = typeof key.hash === 'string' ? key.hash : JSON.stringify(key.hash)
    const [role = pk] = pk.split('#')
    const name = `${index ?? ''} ${pk}`
    const count = counts.get(role) ?? 0
    const nth = known.get(name) ?? count
    if (!known.has(name)) {
      known.set(name, nth)
      counts.set(role, count + 1)
    }
    return { role, nth, kind, units, ...(index === undefined ? {} : { index }) }
  }
}

export const callOf = (command: string, shares: readonly Share[]): Call => ({
  command,
  style: styles[command] ?? 'single',
  shares,
})

/** Units of a recipe. */
export function unitsOf({ rounds }: Pick<Recipe, 'rounds'>, kind: Kind): number {
  const calls = rounds.flatMap((round) => (round === 'post' ? [] : round.calls))
  return calls.flatMap(({ shares }) => shares).reduce((sum, share) => sum + (share.kind === kind ? share.units : 0), 0)
}

/** The number of calls of the table in a recipe. */
export const callsOf = ({ rounds }: Pick<Recipe, 'rounds'>): number =>
  rounds.reduce((sum, round) => sum + (round === 'post' ? 0 : round.calls.length), 0)
