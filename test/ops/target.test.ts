import { createServer } from 'node:http'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { defaultConnectionFile, enterTarget } from '../../ops/connect/target.ts'
import { writeConnection } from '../../local/connection-file.ts'
import { readSettings } from '../../local/settings.ts'
import { openDeadLetters } from '../../ops/connect/dead-letters.ts'

const before = { ...process.env }
const stops: (() => void)[] = []
afterEach(() => {
  process.env = { ...before }
  for (const stop of stops.splice(0)) stop()
})

/** The answers of Lambda and SQS, as far as a stage is read from them. */
async function anAws(): Promise<string> {
  const arn = (name: string) => `arn:aws:sqs:us-east-1:111122223333:${name}`
  const variables: Record<string, Record<string, string>> = {
    'retry-submission': {
      TABLE_NAME: 'table-1',
      SUBMISSIONS_QUEUE_URL: 'submissions',
      BULK_SUBMISSIONS_QUEUE_URL: 'https://sqs/bulk-submissions',
      LEASE_SECONDS: '60',
    },
    'record-callbacks': { LISTENER_SECRET_ID: 'listener' },
    'keep-listener': { PUBLIC_URL: 'https://us' },
  }
  const triggers: Record<string, unknown> = {
    'record-callbacks': { EventSourceArn: arn('callbacks') },
    'project-changes': {
      EventSourceArn: 'stream',
      DestinationConfig: { OnFailure: { Destination: arn('changes-dead') } },
    },
  }
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const absolute = ({ SUBMISSIONS_QUEUE_URL: queue, ...rest }: Record<string, string>) => ({
    ...rest,
    ...(queue === undefined ? {} : { SUBMISSIONS_QUEUE_URL: `${address()}/${queue}` }),
  })
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += String(part)))
    request.on('end', () => {
      const send = (answer: unknown, status = 200) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer))
      const target = String(request.headers['x-amz-target'] ?? '')
      const input = body === '' ? {} : (JSON.parse(body) as Record<string, string>)
      if (target.endsWith('GetQueueUrl')) return send({ QueueUrl: `${address()}/${input['QueueName']}` })
      if (target.endsWith('GetQueueAttributes')) {
        const name = String(input['QueueUrl']).split('/').at(-1)
        return send({ Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(`${name}-dead`) }) } })
      }
      if (!String(request.headers['authorization']).includes('/us-east-1/lambda/aws4_request')) return send({}, 403)
      const [, name = ''] = /thingspace-profile-gateway-prod-([\w-]+)/.exec(request.url ?? '') ?? []
      if (name === '') return send({ message: 'Function not found' }, 404)
      return send(
        request.url?.includes('event-source-mappings') === true
          ? { EventSourceMappings: [triggers[name]] }
          : { Environment: { Variables: absolute(variables[name] ?? {}) } },
      )
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => server.close())
  return address()
}

test('the target of a stage is read from its own functions and their triggers', async () => {
  const endpoint = await anAws()
  for (const name of Object.keys(process.env)) if (/_URL$|^TABLE_|^LEASE/.test(name)) delete process.env[name]
  Object.assign(process.env, { AWS_ENDPOINT_URL_LAMBDA: endpoint, AWS_ENDPOINT_URL_SQS: endpoint, LEASE_SECONDS: '99' })

  expect(await enterTarget({ stage: 'prod', connection: undefined })).toBe('stage prod, table table-1')

  expect(process.env).toMatchObject({
    TABLE_NAME: 'table-1',
    PUBLIC_URL: 'https://us',
    CALLBACKS_QUEUE_URL: `${endpoint}/callbacks`,
    SUBMISSIONS_DEAD_LETTERS_URL: `${endpoint}/submissions-dead`,
    CALLBACKS_DEAD_LETTERS_URL: `${endpoint}/callbacks-dead`,
    CHANGES_DEAD_LETTERS_URL: `${endpoint}/changes-dead`,
    // A variable of the shell has priority.
    LEASE_SECONDS: '99',
  })
})

test('a stage that does not exist is reported in one sentence', async () => {
  Object.assign(process.env, { AWS_ENDPOINT_URL_LAMBDA: await anAws() })

  await expect(enterTarget({ stage: 'nowhere', connection: undefined })).rejects.toThrow(/404.*Function not found/)
})

test('the target can come from shell variables, and otherwise is the local stack', async () => {
  expect(await enterTarget({ stage: undefined, connection: undefined })).toContain('from the variables of this shell')
  await expect(enterTarget({ stage: undefined, connection: '/nowhere/stack.json' })).rejects.toThrow('npm start')
})

/** A local stack that reports that it is healthy, and its connection file. */
async function aLocalStack(): Promise<{ file: string; apiUrl: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ops-target-'))
  const server = createServer((_request, response) => void response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => server.close().closeAllConnections())
  stops.push(() => rmSync(folder, { recursive: true }))
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const file = join(folder, 'stack.json')
  writeConnection(file, {
    apiUrl,
    environment: { TABLE_NAME: `table of ${apiUrl}` },
    queues: { SubmissionsDeadLetters: `${apiUrl}/submissions-dead` },
  })
  return { file, apiUrl }
}

test('the local stack is found by the connection file in LOCAL_CONNECTION_FILE', async () => {
  const { file, apiUrl } = await aLocalStack()
  delete process.env['TABLE_NAME']
  Object.assign(process.env, { LOCAL_CONNECTION_FILE: file, AWS_PROFILE: 'prod' })

  expect(await enterTarget({ stage: undefined, connection: undefined })).toBe(`the local stack at ${apiUrl}`)

  expect(process.env).toMatchObject({
    TABLE_NAME: `table of ${apiUrl}`,
    SUBMISSIONS_DEAD_LETTERS_URL: `${apiUrl}/submissions-dead`,
  })
  expect(process.env).not.toHaveProperty('AWS_PROFILE')
})

test('the default connection file is the one that npm start writes', () => {
  expect(defaultConnectionFile).toBe(resolve(import.meta.dirname, '../..', readSettings({}).connectionFile))
})

test('--connection has priority over LOCAL_CONNECTION_FILE, and so have variables that name a table', async () => {
  const named = await aLocalStack()
  const other = await aLocalStack()
  process.env['LOCAL_CONNECTION_FILE'] = other.file

  expect(await enterTarget({ stage: undefined, connection: undefined })).toContain('from the variables of this shell')
  expect(await enterTarget({ stage: undefined, connection: named.file })).toBe(`the local stack at ${named.apiUrl}`)
})

test('the missing connection file is named if no stack is running', async () => {
  delete process.env['TABLE_NAME']
  process.env['LOCAL_CONNECTION_FILE'] = '/nowhere/stack.json'

  await expect(enterTarget({ stage: undefined, connection: undefined })).rejects.toThrow('/nowhere/stack.json')
})

test('a malformed or missing variable is reported in one sentence with its name', async () => {
  process.env['CALLBACKS_DEAD_LETTERS_URL'] = 'no address'
  await expect(openDeadLetters('callbacks')).rejects.toThrow(/^CALLBACKS_DEAD_LETTERS_URL: /)

  process.env['CALLBACKS_DEAD_LETTERS_URL'] = ''
  await expect(openDeadLetters('callbacks')).rejects.toThrow('CALLBACKS_DEAD_LETTERS_URL is not set')
})

const ownConnectionFile = join(import.meta.dirname, '../../.local/stack.json')

test.skipIf(existsSync(ownConnectionFile))(
  'the connection file of the local stack is looked for in the project by default',
  async () => {
    delete process.env['TABLE_NAME']
    delete process.env['LOCAL_CONNECTION_FILE']

    await expect(enterTarget({ stage: undefined, connection: undefined })).rejects.toThrow(ownConnectionFile)
  },
)
