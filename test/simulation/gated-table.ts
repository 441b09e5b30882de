import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { FakeDynamoDb } from '../fakes/dynamodb/fake.ts'
import { throttled, transactionConflict } from '../fakes/dynamodb/errors.ts'
import type { FaultKind } from './plan.ts'
import { read, type Version, written } from './versions.ts'
import { type Effect, type Invocation, type Scheduler } from './scheduler.ts'

type Client = Pick<DynamoDBDocumentClient, 'send'>
type Command = { constructor: { name: string }; input: { TransactItems?: unknown[] } }

const reads: ReadonlySet<string> = new Set(['GetCommand', 'QueryCommand', 'BatchGetCommand', 'ScanCommand'])
const readFaults: readonly FaultKind[] = ['refused']
const writeFaults: readonly FaultKind[] = ['lost', 'repeated', 'refused']

/** What the SDK throws when no attempt of a call was answered. */
const unanswered = (): never => {
  throw Object.assign(new Error('the answer did not come'), { name: 'TimeoutError' })
}

/** The document client of one environment: every command is an effect of the invocation that is running there. */
export function gatedTable(
  fake: FakeDynamoDb,
  scheduler: Scheduler,
  current: () => Invocation,
  isRefused: (effect: { label: string; isRead: boolean }) => boolean = () => false,
  version?: Version,
): Client {
  const send = (command: Command): Promise<unknown> => {
    const name = command.constructor.name
    const isRead = reads.has(name)
    const effect: Effect = {
      label: name,
      isRead,
      faults: isRead ? readFaults : writeFaults,
      perform: () => {
        if (isRefused({ label: name, isRead })) throw throttled()
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
    return scheduler.gate(current(), effect)
  }
  return { send: send as Client['send'] }
}
