import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import type { Flow } from '../../lib/profile/flow-control/flow.ts'
import { connectSecrets, thingSpaceSecrets } from '../../lib/secrets.ts'
import { credentialStore } from '../../lib/store/credentials/credentials.ts'
import { flowStore } from '../../lib/store/credentials/flows.ts'
import { connectTable } from '../../lib/store/table/table.ts'
import { fingerprintOf } from '../../lib/thingspace/credentials/login-latch.ts'
import type { Stack } from '../../local/stack.ts'
import { read } from './orders.ts'
import { accountName } from './stage.ts'

export type Items<Item> = { items: Item[] }
type Latch = { credentialSet: string; state: string; failedLogins: number }

export const latchesOf = async (stack: Stack) => ((await read(stack, '/v1/operate/latches')) as Items<Latch>).items
export const flowsOf = async (stack: Stack) =>
  ((await read(stack, '/v1/operate/flows')) as Items<{ state: string; pausedUntil: string | null }>).items
export const lettersOf = async (stack: Stack) =>
  ((await read(stack, '/v1/operate/dead-letters')) as Items<{ queue: string; count: number }>).items.find(
    ({ queue }) => queue === 'callbacks',
  )?.count

/** Closes the latch of the credential set as failed logins with its secret do, two of them by default. The tokens stay. */
export async function closeLatch({ dynamoDb, connection }: Stack, failedLogins = 2): Promise<void> {
  const [tableName = ''] = dynamoDb.tables
  const secrets = thingSpaceSecrets(connectSecrets(Date.now), connection.environment['THINGSPACE_SECRET_ID'] ?? '')
  const store = credentialStore(connectTable({ tableName, retainSeconds: 3600, clock: Date.now }))
  const record = (await store.read('default')) ?? { epoch: 0, failedLogins: 0 }
  const failedSecret = fingerprintOf(await secrets.thingSpaceSecret('default'))
  await store.save('default', record.epoch, { ...record, failedLogins, failedSecret })
}

/** Stops the calls of the credential set, as many failed ones do. Returns how to undo it. */
export async function stopCalls(
  { dynamoDb }: Stack,
  why: 'failing' | 'retry-after' = 'failing',
): Promise<() => Promise<void>> {
  const [tableName = ''] = dynamoDb.tables
  const store = flowStore(connectTable({ tableName, retainSeconds: 3600, clock: Date.now }))
  const save = async (over: { limit: number; failures: number; stops: number; pause?: Flow['pause'] }) => {
    const seen = (await store.readFlow('default'))?.revision
    const next = { revision: (seen ?? 0) + 1, loweredAt: Date.now(), successes: 0, slots: {}, ...over }
    expect(await store.saveFlow('default', next, seen)).toEqual({ kind: 'saved' })
  }
  await save({ limit: 1, failures: 7, stops: 3, pause: { until: Date.now() + 600_000, why } })
  return () => save({ limit: 20, failures: 0, stops: 0 })
}

/** Puts a callback, which nobody can understand, among the dead letters. */
export async function addDeadLetter({ connection }: Stack, message: unknown): Promise<void> {
  await new SQSClient().send(
    new SendMessageCommand({
      QueueUrl: connection.queues['CallbacksDeadLetters'] ?? '',
      MessageBody: JSON.stringify(message),
      MessageAttributes: { accountName: { DataType: 'String', StringValue: accountName } },
    }),
  )
}
