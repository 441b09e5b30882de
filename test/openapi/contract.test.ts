import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../../local/stack.ts'
import { fc, propertySeed } from '../properties.ts'
import { operations } from './document.ts'
import { freePorts } from './free-ports.ts'
import { randomCall, type RandomCall } from './random-call.ts'
import { outsideOf, type Received } from './schemas.ts'

/** How long calls are made. CONTRACT_SECONDS extends it for a long run. */
const milliseconds = Number(process.env['CONTRACT_SECONDS'] ?? 10) * 1000

let folder: string
let stack: Stack
const tokens = new Map<RandomCall['token'], string>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contract-'))
  stack = await startStack(freePorts({ LOCAL_FUNCTION_LOG: join(folder, 'functions.log'), LOCAL_LOG_LEVEL: 'ERROR' }))
  tokens.set('good', await stack.tokenFor())
  tokens.set('no-scope', await stack.tokenFor({ scopes: ['other'] }))
  tokens.set('other-account', await stack.tokenFor({ accounts: ['another'] }))
  tokens.set('broken', 'abc.def.ghi')
})
afterAll(async () => {
  await stack.stop()
  await rm(folder, { recursive: true })
})

/** Ids of existing requests, so that reads and decisions find something. */
const known: string[] = []

async function send({ operation, path, headers, token, body }: RandomCall): Promise<Received> {
  const real = known[path.length % Math.max(1, known.length)]
  const target = real === undefined ? path : path.replace(/(?<=^\/v1\/requests\/)[^/?]+/, real)
  const bearer = tokens.get(token)
  const response = await fetch(stack.apiUrl + target, {
    method: operation.method,
    headers: { ...headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.split(';')[0]?.endsWith('json') === true
  const received = isJson && text !== '' ? (JSON.parse(text) as unknown) : text
  if (response.status === 202) known.push((received as { requestId: string }).requestId)
  return { status: response.status, headers: Object.fromEntries(response.headers), body: received }
}

/** Possible errors of a body that its schema allows, because no schema can express a relation between two members. */
const beyondSchema = new Set(['duplicate-device', 'duplicate-kind', 'wrong-identifier-kind', 'missing-identifier'])

function faultsOf(call: RandomCall, received: Received): string[] {
  const faults = outsideOf(call.operation, received)
  if (received.status >= 500) faults.push(`answered ${received.status}`)
  const { code, errors = [] } = (received.body ?? {}) as { code?: string; errors?: { code: string }[] }
  if (call.faithful && code === 'invalid-body' && !call.operation.path.endsWith('{action}')) {
    faults.push(
      ...errors
        .filter((error) => !beyondSchema.has(error.code))
        .map((error) => `refuses what its schema allows: ${error.code}`),
    )
  }
  return faults
}

test(
  'no call, however unusual, gets a 5xx response or a response outside the document',
  { timeout: milliseconds + 30_000 },
  async () => {
    console.log(`contract: PROPERTY_SEED=${propertySeed}`)
    const answered = new Map<string, number>()
    const property = fc.asyncProperty(randomCall, async (call) => {
      const received = await send(call)
      const key = `${received.status}`
      answered.set(key, (answered.get(key) ?? 0) + 1)
      expect(faultsOf(call, received), `${call.operation.method} ${call.path} -> ${JSON.stringify(received)}`).toEqual(
        [],
      )
    })
    await fc.assert(property, { numRuns: 1_000_000, interruptAfterTimeLimit: milliseconds })
    console.log(`contract: ${JSON.stringify(Object.fromEntries(answered))}`)
    expect([...answered.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(operations.length)
  },
)
