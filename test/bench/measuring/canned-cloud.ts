import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { marshall } from '@aws-sdk/util-dynamodb'
import { listen } from '../../../local/listen.ts'
import { cannedSecrets, sealedRecord } from './canned-credentials.ts'

/** The program that replaces everything outside: fast constant answers from its own process. */
const record = marshall(await sealedRecord(Date.now() + 86_400_000))
const secrets = JSON.stringify({
  username: 'user',
  current: 'password',
  default: await cannedSecrets.thingSpaceSecret(),
})

function answerTo(target: string, body: string): string {
  if (target.startsWith('secretsmanager.')) return JSON.stringify({ Name: 'secret', SecretString: secrets })
  if (target.endsWith('.GetItem')) return JSON.stringify(body.includes('SESSION#') ? { Item: record } : {})
  if (target !== '') return '{}'
  return JSON.stringify({ requestId: randomUUID() })
}

let connections = 0
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const target = String(request.headers['x-amz-target'] ?? '')
    const text = answerTo(target, Buffer.concat(chunks).toString('utf8'))
    const type = target === '' ? 'application/json' : 'application/x-amz-json-1.0'
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
  })
})
server.keepAliveTimeout = 600_000
server.on('connection', () => (connections += 1))

const port = await listen(server, { port: 0, setting: '', what: 'the canned cloud' })
process.send?.({ url: `http://127.0.0.1:${port}` })
process.on('message', () => process.send?.({ connections }))
process.on('disconnect', () => process.exit())
