import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { FakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import { throttled, transactionConflict } from '../fakes/dynamodb/errors.ts'
import type { Command as WeatherCommand } from './limits/table-weather.ts'
import type { FaultKind } from './plan.ts'
import type { TransactionConflicts, TransactItems } from './transaction-conflicts.ts'
import { fromFourBuckets, withFourBuckets } from './older-buckets.ts'
import { read, type Version, written } from './versions.ts'
import type { Effect, Invocation, Scheduler } from './scheduler.ts'

type Client = Pick<DynamoDBDocumentClient, 'send'>
type Command = { constructor: { name: string }; input: WeatherCommand['input'] & { TransactItems?: TransactItems } }
type ShardQuery = { IndexName?: string; ExpressionAttributeValues?: { ':bucket'?: string }; ExclusiveStartKey?: object }

const reads: ReadonlySet<string> = new Set(['GetCommand', 'QueryCommand', 'BatchGetCommand', 'ScanCommand'])
const readFaults: readonly FaultKind[] = ['refused']
const writeFaults: readonly FaultKind[] = ['lost', 'repeated', 'refused']

/** The SDK's error when no attempt of a call was answered. */
const unanswered = (): never => {
  throw Object.assign(new Error('the answer did not come'), { name: 'TimeoutError' })
}

/** Whether a query has found nothing in a shard of the due index. A sweep reads all shards in the same way. */
function isEmptyShard({ input }: Command, answer: { Items?: unknown[] }): boolean {
  const { IndexName: index, ExpressionAttributeValues: values, ExclusiveStartKey: after } = input as ShardQuery
  if (index !== 'due' || after !== undefined || answer.Items?.length !== 0) return false
  return values?.[':bucket']?.startsWith('DUE#') === true
}

/** What the table may do to any command. */
export type Weather = {
  isRefused: (effect: { label: string; isRead: boolean; command: Command }) => boolean
  /** How long a command waits for a response that never arrives. */
  hangs: () => number | undefined
  conflicts: TransactionConflicts | undefined
  /** Whether a transaction is refused because the table is throttled, and not because of another transaction. */
  isThrottled: () => boolean
  /** How much longer than other commands a query takes. */
  queryTakes: ((by: string) => number) | undefined
  /** The code is from before there were 16 shards of the due index. */
  hasFourBuckets?: boolean
}
const clear: Weather = {
  isRefused: () => false,
  hangs: () => undefined,
  conflicts: undefined,
  isThrottled: () => false,
  queryTakes: undefined,
}

/** The document client of one environment. Every command is an effect of the invocation that runs there. */
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
    const actions = command.input.TransactItems
    const write = actions === undefined ? undefined : weather.conflicts?.begin(invocation, actions)
    const effect: Effect = {
      label: name,
      isRead,
      faults: isRead ? readFaults : writeFaults,
      hangs: weather.hangs,
      perform: () => {
        if (weather.isRefused({ label: name, isRead, command })) throw throttled()
        write?.()
        if (version === undefined) {
          const answer = fake.sendNow(command)
          effect.isOneOfEmpty = isEmptyShard(command, answer)
          return answer
        }
        const { constructor } = command
        const input = written(version, command.input)
        if (weather.hasFourBuckets !== true) return read(version, fake.sendNow({ constructor, input }))
        return fromFourBuckets(read(version, fake.sendNow({ constructor, input: withFourBuckets(name, input) })))
      },
      onLost: unanswered,
      onRefused: () => {
        throw actions === undefined || weather.isThrottled() ? throttled() : transactionConflict(actions.length)
      },
      takes: 6,
    }
    const answer = scheduler.gate(invocation, effect)
    const more = name === 'QueryCommand' ? (weather.queryTakes?.(invocation.name) ?? 0) : 0
    return more === 0 ? answer : answer.then((value) => scheduler.sleep(invocation, more).then(() => value))
  }
  return { send: send as Client['send'] }
}
