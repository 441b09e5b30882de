import { Agent, request } from 'node:http'
import type { SQSEvent } from 'aws-lambda'
import type { ApiEvent } from '../../../lib/http/api-call.ts'
import type { Table } from '../../../lib/store/table/table.ts'

type Command = Parameters<Table['client']['send']>[0]
type CommandMaker = new (input: object) => Command

/** Records every command of a client, so that a bare handler can send the same ones. */
export function recording(client: Table['client']): { client: Table['client']; taken: () => Command[] } {
  let commands: Command[] = []
  const send = (...parameters: [Command]) => {
    commands.push(parameters[0])
    return client.send(...parameters)
  }
  return {
    client: { send: send as Table['client']['send'] },
    taken: () => {
      const taken = commands
      commands = []
      return taken
    },
  }
}

/** The same command as a new object, because the SDK saves work for an object that is sent repeatedly. */
const anew = (command: Command): Command => new (command.constructor as CommandMaker)(command.input)

/** The minimum of a submit: parse the body, write it, send it, and write the response. */
export function bareSubmit(client: Table['client'], commands: readonly Command[], thingSpaceUrl: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const last = commands.at(-1)
  return async (event: ApiEvent) => {
    const body: unknown = JSON.parse(event.body ?? '')
    for (const command of commands.slice(0, -1)) await client.send(anew(command))
    const answer = await post(`${thingSpaceUrl}/m2m/v1/devices/profile/actions/download_enable`, agent, body)
    if (last !== undefined) await client.send(anew(last))
    return { statusCode: 202, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }
  }
}

/** The minimum of recording callbacks: parse and write each. */
export const bareRecord = (client: Table['client'], commands: readonly Command[]) => async (event: SQSEvent) => {
  await Promise.all(
    event.Records.map(async (record, index) => {
      JSON.parse(record.body)
      const command = commands[index]
      if (command !== undefined) await client.send(anew(command))
    }),
  )
  return { batchItemFailures: [] }
}

const post = (url: string, agent: Agent, body: unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const text = JSON.stringify(body)
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: {
        authorization: 'Bearer bearer',
        'vz-m2m-token': 'session',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let received = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (received += chunk))
      response.on('end', () => resolve(JSON.parse(received)))
    })
    sent.end(text)
  })
