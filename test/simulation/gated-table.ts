import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { FakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import { throttled, transactionConflict } from '../fakes/dynamodb/errors.ts'
import type { FaultKind } from './plan.ts'
import { read, type Version, written } from './versions.ts'
import { type Effect, type Invocation, type Scheduler } from './scheduler.ts'

type Client = Pick<DynamoDBDocumentClient, 'send'>
type Action = { Item?: Record<string, unknown>; Key?: Record<string, unknown> }
type Command = { constructor: { name: string }; input: { TransactItems?: Record<string, Action>[] } }

const reads: ReadonlySet<string> = new Set(['GetCommand', 'QueryCommand', 'BatchGetCommand', 'ScanCommand'])
const readFaults: readonly FaultKind[] = ['refused']
const writeFaults: readonly FaultKind[] = ['lost', 'repeated', 'refused']

/** What the SDK throws when no attempt of a call was answered. */
const unanswered = (): never => {
  throw Object.assign(new Error('the answer did not come'), { name: 'TimeoutError' })
}

/** What the table may do to any command. */
export type Weather = {
  isRefused: (effect: { label: string; isRead: boolean }) => boolean
  /** How long a command waits for an answer that does not come. */
  hangs: () => number | undefined
  /** Whether a transaction that has the bad luck is cancelled for another one. */
  conflicts: (() => boolean) | undefined
  /** How long the answer to a query takes beyond what any command does. */
  queryTakes: ((by: string) => number) | undefined
}
const clear: Weather = { isRefused: () => false, hangs: () => undefined, conflicts: undefined, queryTakes: undefined }

/** The items of transactions that are under way, by invocation: two of them at once cannot both be written. */
const underWay = new WeakMap<Scheduler, Map<Invocation, ReadonlySet<string>>>()

const nothing: ReadonlySet<string> = new Set()

function itemsOf({ input }: Command): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const action of input.TransactItems ?? [])
    for (const { Item: item, Key: key } of Object.values(action)) {
      const { pk, sk } = item ?? key ?? {}
      keys.add(`${String(pk)} ${String(sk)}`)
    }
  return keys
}

/** The document client of one environment: every command is an effect of the invocation that is running there. */
export function gatedTable(
  fake: FakeDynamoDb,
  scheduler: Scheduler,
  current: () => Invocation,
  weather: Weather = clear,
  version?: Version,
): Client {
  const send = (command: Command): Promise<unknown> => {
    const name = command.constructor.name
    const isRead = reads.has(name)
    const invocation = current()
    const others = underWay.get(scheduler) ?? new Map<Invocation, ReadonlySet<string>>()
    underWay.set(scheduler, others)
    const items = weather.conflicts === undefined ? nothing : itemsOf(command)
    if (items.size > 0) others.set(invocation, items)
    /** Another transaction with one of the items began before this one was done. */
    const isOvertaken = (): boolean => {
      if (items.size === 0) return false
      others.delete(invocation)
      return (
        [...others].some(([other, theirs]) => other.alive && [...items].some((key) => theirs.has(key))) &&
        weather.conflicts?.() === true
      )
    }
    const effect: Effect = {
      label: name,
      isRead,
      faults: isRead ? readFaults : writeFaults,
      hangs: weather.hangs,
      perform: () => {
        if (weather.isRefused({ label: name, isRead })) throw throttled()
        if (isOvertaken()) throw transactionConflict(command.input.TransactItems?.length ?? 1)
        if (version === undefined) return fake.sendNow(command)
        return read(version, fake.sendNow({ constructor: command.constructor, input: written(version, command.input) }))
      },
      onLost: unanswered,
      onRefused: () => {
        const actions = command.input.TransactItems?.length
        throw actions === undefined ? throttled() : transactionConflict(actions)
      },
      takes: 6,
    }
    const answer = scheduler.gate(invocation, effect)
    const more = name === 'QueryCommand' ? (weather.queryTakes?.(invocation.name) ?? 0) : 0
    return more === 0 ? answer : answer.then((value) => scheduler.sleep(invocation, more).then(() => value))
  }
  return { send: send as Client['send'] }
}
