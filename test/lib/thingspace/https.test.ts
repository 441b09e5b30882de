import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createAgent, idleMilliseconds } from '../../../lib/thingspace/agent.ts'
import { send, type SendCall } from '../../../lib/thingspace/https.ts'
import { closedPort, hang, reset, scriptedServer } from './scripted-server.ts'

const call = (url: string, over: Partial<SendCall> = {}): SendCall => ({
  url: `${url}/x`,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
  timeoutMilliseconds: 3_000,
  connectTimeoutMilliseconds: 1_000,
  agent: createAgent(url, { maxSockets: 1 }),
  now: Date.now,
  ...over,
})

describe('send reports that nothing was sent after', () => {
  test('a refused connection', async () => {
    expect(await send(call(`http://127.0.0.1:${await closedPort()}`))).toMatchObject({
      kind: 'not-sent',
      cause: 'refused',
    })
  })

  test('a name that does not resolve', async () => {
    expect(await send(call('http://nobody.invalid'))).toMatchObject({ kind: 'not-sent', cause: 'dns' })
  })

  test('a TLS handshake with a server that does not speak TLS', async () => {
    const server = await scriptedServer()
    const url = server.url.replace('http:', 'https:')

    expect(await send(call(url))).toMatchObject({ kind: 'not-sent', cause: 'tls' })
    expect(server.received).toEqual([])
  })

  test('a TLS handshake without a response until the connect time-out', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const startedAt = Date.now()

    expect(await send(call(url, { connectTimeoutMilliseconds: 100 }))).toEqual({
      kind: 'not-sent',
      cause: 'connect-timeout',
    })
    expect(Date.now() - startedAt).toBeLessThan(1_500)
    silent.close()
  })

  test('a budget that ends while another request uses the only connection', async () => {
    const server = await scriptedServer()
    server.on('/x', hang)
    const shared = call(server.url)

    const first = send({ ...shared, timeoutMilliseconds: 600 })
    const second = await send({ ...shared, timeoutMilliseconds: 100 })

    expect(second).toEqual({ kind: 'not-sent', cause: 'connect-timeout' })
    expect(await first).toMatchObject({ kind: 'lost' })
    expect(server.received).toHaveLength(1)
  })

  test('a call without any budget', async () => {
    expect(await send(call('http://127.0.0.1:1', { timeoutMilliseconds: 0 }))).toMatchObject({ kind: 'not-sent' })
  })
})

describe('send reports that the request may have been read after', () => {
  test('no response within the budget', async () => {
    const server = await scriptedServer()
    server.on('/x', hang)

    expect(await send(call(server.url, { timeoutMilliseconds: 150 }))).toEqual({
      kind: 'lost',
      cause: 'timeout',
      reusedConnection: false,
    })
  })

  test('a reset when the body has arrived', async () => {
    const server = await scriptedServer()
    server.on('/x', reset)

    expect(await send(call(server.url))).toMatchObject({ kind: 'lost', cause: 'reset', code: 'ECONNRESET' })
  })

  test('a reset in the middle of a large body', async () => {
    const rude = createServer((socket) => socket.once('data', () => socket.resetAndDestroy())).listen(0, '127.0.0.1')
    await once(rude, 'listening')
    const url = `http://127.0.0.1:${(rude.address() as AddressInfo).port}`

    expect(await send(call(url, { body: 'x'.repeat(5_000_000) }))).toMatchObject({ kind: 'lost', cause: 'reset' })
    rude.close()
  })

  test('a reset on a reused connection, and it sends the request only once', async () => {
    const server = await scriptedServer()
    server.on('/x', { status: 200, body: 'first' }, reset)
    const shared = call(server.url)

    expect(await send(shared)).toMatchObject({ kind: 'answer' })
    expect(await send(shared)).toMatchObject({ kind: 'lost', cause: 'reset', reusedConnection: true })
    expect(server.received).toHaveLength(2)
    expect(server.connections()).toBe(1)
  })

  test('a response that ends before its announced length', async () => {
    const server = await scriptedServer()
    server.on('/x', (_request, response, socket) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"requestId":')
      setTimeout(() => socket.destroy(), 20)
    })

    expect(await send(call(server.url))).toMatchObject({ kind: 'lost', cause: 'reset', status: 200 })
  })

  test('a response whose body never ends', async () => {
    const server = await scriptedServer()
    server.on('/x', (_request, response) => void response.writeHead(200).write('{'))

    expect(await send(call(server.url, { timeoutMilliseconds: 150 }))).toMatchObject({
      kind: 'lost',
      cause: 'timeout',
      status: 200,
    })
  })

  test('a response that is too large', async () => {
    const server = await scriptedServer()
    server.on('/x', { status: 200, body: 'x'.repeat(1_000_001) })

    expect(await send(call(server.url))).toMatchObject({ kind: 'lost', cause: 'unreadable' })
  })

  test('a response that is not HTTP', async () => {
    const server = await scriptedServer()
    server.on('/x', (_request, _response, socket) => void socket.end('what?\r\n\r\n'))

    expect(await send(call(server.url))).toMatchObject({ kind: 'lost', cause: 'unreadable' })
  })

  test('an upgrade that was not requested', async () => {
    const server = await scriptedServer()
    server.on('/x', (_request, _response, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ws\r\n\r\n')
    })

    expect(await send(call(server.url))).toMatchObject({ kind: 'lost', cause: 'reset' })
  })
})

describe('a connection to ThingSpace', () => {
  test('serves several requests in sequence', async () => {
    const server = await scriptedServer()
    server.on('/x', { status: 200, body: 'yes' })
    const shared = call(server.url)

    await send(shared)
    expect(await send(shared)).toMatchObject({ kind: 'answer', status: 200, body: 'yes' })
    expect(server.connections()).toBe(1)
  })

  test('is not used again after its idle limit, even if no timer has run', async () => {
    const server = await scriptedServer()
    server.on('/x', { status: 200 })
    const shared = call(server.url)

    await send(shared)
    await send({ ...shared, now: () => Date.now() + idleMilliseconds + 1 })

    expect(server.connections()).toBe(2)
  })

  test('may wait for a response longer than its idle limit', async () => {
    const server = await scriptedServer()
    server.on('/x', (_request, response) => void setTimeout(() => response.end('late'), idleMilliseconds + 300))

    expect(await send(call(server.url, { timeoutMilliseconds: 10_000 }))).toMatchObject({
      kind: 'answer',
      body: 'late',
    })
  })

  test('is replaced if the server has closed it', async () => {
    const server = await scriptedServer()
    server.on('/x', (_request, response, socket) => {
      response.end('bye')
      setTimeout(() => socket.destroy(), 10)
    })
    const shared = call(server.url)

    await send(shared)
    await sleep(60)
    expect(await send(shared)).toMatchObject({ kind: 'answer' })
  })

  test('is not used while the server is closing it', async () => {
    const server = await scriptedServer()
    server.on('/x', { status: 200 })
    const shared = call(server.url)

    await send(shared)
    await server.close()

    expect(await send(shared)).toMatchObject({ kind: 'not-sent', cause: 'refused' })
  })

  test('is not used again after a time-out', async () => {
    const server = await scriptedServer()
    server.on('/x', hang, { status: 200 })
    const shared = call(server.url)

    await send({ ...shared, timeoutMilliseconds: 100 })
    expect(await send(shared)).toMatchObject({ kind: 'answer', status: 200 })
  })
})
