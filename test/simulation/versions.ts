import type { Settings } from '../../lib/profile/request/settings.ts'
import { equals, type Item, type Value } from '../fakes/dynamodb/values.ts'

/**
 * Two versions of the code in one world. They differ in what they write and in their settings.
 *
 * `old` does not know attributes that were added later and are only shown. It omits them when it reads and when it
 * writes whole items. `new` adds unknown attributes to everything it writes: items, their members, work messages and
 * the version number of their shape.
 */
export type Version = 'old' | 'new'

/** A deployment in the middle of a run. For a while calls go to either version, and it may be rolled back. */
export type Rollout = {
  fromSeconds: number
  untilSeconds: number
  /** When all calls go to the old version again, with the items that the new one has left. */
  backFromSeconds?: number
  /** Settings of the new version that differ. */
  settings: Partial<Settings>
}

export function versionAt(rollout: Rollout, seconds: number, chance: (probability: number) => boolean): Version {
  const { fromSeconds, untilSeconds, backFromSeconds = Infinity } = rollout
  if (seconds < fromSeconds || seconds >= backFromSeconds) return 'old'
  return seconds >= untilSeconds || chance(0.5) ? 'new' : 'old'
}

type Write = { Item?: Item; UpdateExpression?: string; ExpressionAttributeValues?: Item }
type Input = Write & { TransactItems?: { Put?: Write }[]; RequestItems?: Readonly<Record<string, object>> }
type Output = { Item?: Item; Items?: Item[] }

/** Attributes that are only shown and were added later. Older code does without them. */
const addedSince: readonly string[] = ['adopted', 'decisions', 'deadLetters', 'repeatsAfterGrace']
const shapeOfNew = 2
const more: Value = { of: 'the next version', parts: [1, 2] }

/** The input of a command as this version would write it. */
export function written(version: Version, input: object): object {
  const { TransactItems: actions, RequestItems: batches, ...rest } = input as Input
  const change = (write: Write): Write => (version === 'old' ? without(write) : extended(write))
  if (batches !== undefined) {
    const inBatch = ({ PutRequest: put, ...other }: { PutRequest?: Write }) =>
      put === undefined ? other : { PutRequest: change(put) }
    const changed = Object.entries(batches).map(([table, batch]) => [
      table,
      Array.isArray(batch) ? batch.map(inBatch) : batch,
    ])
    return { ...rest, RequestItems: Object.fromEntries(changed) as object }
  }
  if (actions === undefined) return change(rest)
  const inTransaction = ({ Put: put, ...other }: { Put?: Write }) =>
    put === undefined ? other : { ...other, Put: change(put) }
  return { ...rest, TransactItems: actions.map(inTransaction) }
}

/** A response as this version would read it. */
export function read(version: Version, output: object): object {
  if (version === 'new') return output
  const { Item: item, Items: items } = output as Output
  if (items !== undefined) return { ...output, Items: items.map(forgetful) }
  return item === undefined ? output : { ...output, Item: forgetful(item) }
}

/** A work message as this version sends it. */
export const sent = (version: Version, message: object): object =>
  version === 'new' ? { ...message, sentBy: 'the next version' } : message

const without = (write: Write): Write => (write.Item === undefined ? write : { ...write, Item: forgetful(write.Item) })

const forgetful = (item: Item): Item =>
  addedSince.some((name) => name in item)
    ? Object.fromEntries(Object.entries(item).filter(([name]) => !addedSince.includes(name)))
    : item

function extended(write: Write): Write {
  const { Item: item, UpdateExpression: update, ExpressionAttributeValues: values } = write
  if (item !== undefined) return { ...write, Item: { ...within(item), itemVersion: shapeOfNew, addedLater: more } }
  if (update?.startsWith('SET ') !== true) return write
  return {
    ...write,
    UpdateExpression: `SET addedLater = :addedLater, ${update.slice('SET '.length)}`,
    ExpressionAttributeValues: { ...values, ':addedLater': more },
  }
}

/** The summary and the attempts are extended with members too. */
function within(item: Item): Item {
  const { summary, attempts } = item
  const extend = (value: Value): Value => ({ ...(value as Item), addedLater: 'the next version' })
  return {
    ...item,
    ...(summary === undefined ? {} : { summary: extend(summary) }),
    ...(Array.isArray(attempts) ? { attempts: attempts.map(extend) } : {}),
  }
}

/** Whether two items differ at most by the version that wrote them. */
export const sameButForVersion = (one: Item, other: Item): boolean => equals(common(one), common(other))

function common(item: Item): Item {
  const { itemVersion: _shape, addedLater: _added, summary, attempts, ...rest } = forgetful(item)
  const shorten = (value: Value): Value => {
    const { addedLater: _inner, ...kept } = value as Item
    return kept
  }
  return {
    ...rest,
    ...(summary === undefined ? {} : { summary: shorten(summary) }),
    ...(Array.isArray(attempts) ? { attempts: attempts.map(shorten) } : {}),
  }
}
