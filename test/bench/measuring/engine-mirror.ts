import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { join } from 'node:path'
import { readDeployment } from '../../../local/deployment/read-deployment.ts'
import { createTable } from '../../../local/dynamodb/create-table.ts'
import { startDynamoDb } from '../../../local/dynamodb/engine.ts'
import { projectRoot } from '../../../deploy/esbuild-options.ts'
import type { Operation } from '../../fakes/dynamodb/fake.ts'

export type Mirror = {
  engine: string
  /** Repeats an operation on the engine, in the original order. */
  observe: (operation: Operation & { error?: unknown }) => Promise<void>
  consumed: () => { writeUnits: number; readUnits: number; refused: number }
  stop: () => Promise<void>
}

const commands = {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
}
type Consumed = { CapacityUnits?: number; ReadCapacityUnits?: number; WriteCapacityUnits?: number }

/** Repeats all operations of the table in memory on another engine, which reports their cost as `ConsumedCapacity`. */
export async function startMirror(): Promise<Mirror> {
  const { resources } = await readDeployment(join(projectRoot, 'serverless.yml'), {})
  const running = await startDynamoDb()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const engine = new DynamoDBClient({ endpoint: running.endpoint, region: 'us-east-1', credentials })
  await createTable(engine, { ...resources.tables.get('Table'), TableName: 'table' })
  const client = DynamoDBDocumentClient.from(engine, { marshallOptions: { removeUndefinedValues: true } })
  const total = { writeUnits: 0, readUnits: 0, refused: 0 }
  let before = Promise.resolve()

  const repeat = async ({ command, input }: Operation, isRefused: boolean) => {
    const Command = commands[command as keyof typeof commands]
    if (Command === undefined) throw new Error(`the mirror does not know ${command}`)
    const sent = Reflect.construct(Command, [{ ...input, ReturnConsumedCapacity: 'INDEXES' }]) as GetCommand
    try {
      const { ConsumedCapacity = [] } = (await client.send(sent)) as { ConsumedCapacity?: Consumed | Consumed[] }
      const isRead = /Get|Query/.test(command)
      for (const { CapacityUnits = 0 } of [ConsumedCapacity].flat())
        total[isRead ? 'readUnits' : 'writeUnits'] += CapacityUnits
    } catch (error) {
      if (!isRefused) throw error
      total.refused += 1
    }
  }
  return {
    engine: running.name,
    observe({ error, ...operation }) {
      before = before.then(() => repeat(operation, error !== undefined))
      return before
    },
    consumed: () => ({ ...total }),
    async stop() {
      engine.destroy()
      await running.stop()
    },
  }
}
