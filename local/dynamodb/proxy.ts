import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { listen, stopServer } from '../listen.ts'
import { ongoingTransactions } from './ongoing-transactions.ts'
import { type Refusal, refusalByTable, type TableKeys } from './table-limits.ts'

type Options = {
  engine: string
  tables: readonly TableKeys[]
  /** Called with the reason whenever a limit refuses a call. */
  onRefusal: (reason: string) => void
}

export type RunningProxy = { endpoint: string; stop: () => Promise<void> }

/** The operations whose requests are inspected. All others pass unchanged. */
const inspected = /^DynamoDB_\d+\.(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems|TransactGetItems)$/

/** Error types that come from limits. Failed conditions are not among them. */
const limitTypes = /ValidationException|ItemCollectionSize|RequestLimit|TransactionConflict/

/**
 * Starts a proxy between the functions and a DynamoDB engine. It refuses calls that DynamoDB would refuse but the engine
 * does not: calls above size limits, and writes to an item that a transaction is writing at the same time.
 */
export async function startProxy({ engine, tables, onRefusal }: Options): Promise<RunningProxy> {
  const agent = new Agent({ keepAlive: true })
  const transactions = ongoingTransactions(tables)
  const { hostname, port } = new URL(engine)

  const forward = async (incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method, url: path, headers } = incoming
      send({ hostname, port, agent, method, path, headers }, resolve).on('error', reject).end(body)
    })

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(incoming)
    const operation = inspected.exec(String(incoming.headers['x-amz-target']))?.[1]
    const call: unknown = operation === undefined ? undefined : JSON.parse(body.toString())
    const begun = operation === undefined ? undefined : transactions.begin(operation, call)
    const refusal =
      begun?.refusal ??
      (operation === undefined ? undefined : refusalByTable({ operation, call, bytes: body.length, tables }))
    if (refusal !== undefined) {
      begun?.end()
      onRefusal(`${operation} was answered 400: ${refusal.type}: ${refusal.message}`)
      return refuse(response, refusal)
    }
    const answer = await forward(incoming, body).finally(() => begun?.end())
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    if (answer.statusCode === 200) return pipeline(answer, response, () => undefined)
    const text = (await buffer(answer)).toString()
    if (limitTypes.test(text)) onRefusal(`${operation ?? 'a call'} was answered ${answer.statusCode}: ${text}`)
    return response.end(text)
  }

  const server = createServer((incoming, response) => {
    // The connection to the caller or to the engine broke, so no response is possible.
    handle(incoming, response).catch(() => response.destroy())
  })
  const own = await listen(server, { port: 0, setting: '', what: 'DynamoDB' })
  return {
    endpoint: `http://127.0.0.1:${own}`,
    stop: async () => {
      agent.destroy()
      await stopServer(server)
    },
  }
}

function refuse(response: ServerResponse, { type, message, reasons }: Refusal): void {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
  const __type = `com.amazonaws.dynamodb.v20120810#${type}`
  response.end(JSON.stringify({ __type, message, ...(reasons && { CancellationReasons: reasons }) }))
}
