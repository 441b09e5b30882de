import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../../local/stack.ts'
import { freePorts } from './free-ports.ts'

const root = join(import.meta.dirname, '../..')
const example = join(root, 'docs/examples/typed-client')
const run = promisify(execFile)

let folder: string
let stack: Stack
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'typed-client-'))
  stack = await startStack(freePorts({ LOCAL_FUNCTION_LOG: join(folder, 'functions.log') }))
  const environment = { ...process.env, API: stack.apiUrl }
  await run('npm', ['run', 'generate', '--silent'], { cwd: example, env: environment })
})
afterAll(async () => {
  await stack.stop()
  await rm(folder, { recursive: true })
})

test('the generated types contain every path and the members of each body', async () => {
  const types = await readFile(join(example, 'gateway.ts'), 'utf8')
  expect(types).toContain('"/v1/devices/profile/actions/download_enable"')
  expect(types).toContain('"/v1/requests/{requestId}/devices"')
})

test('the example orders an action, waits and succeeds', { timeout: 60_000 }, async () => {
  const { stdout } = await run(process.execPath, [join(example, 'order.ts')], {
    env: { ...process.env, API: stack.apiUrl, TOKEN: await stack.tokenFor() },
  })
  expect(stdout).toMatch(/^[\w-]{36} succeeded\n$/)
})

/** The output of the compiler for a file beside the example. */
async function compile(text: string): Promise<string> {
  const file = join(example, 'tried-by-test.ts')
  await writeFile(file, text)
  try {
    await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '--project', example])
    return ''
  } catch (error) {
    return (error as { stdout: string }).stdout
  } finally {
    await rm(file)
  }
}

const order = (action: string, members: string) => `
  import createClient from 'openapi-fetch'
  import type { paths } from './gateway.ts'
  const gateway = createClient<paths>({ baseUrl: '' })
  const { data } = await gateway.POST('/v1/devices/profile/actions/${action}', { body: { accountName: 'a', ${members} } })
  export const status: 'submitted' | undefined | string = data?.status
`
const device = "devices: [{ deviceIds: [{ kind: 'eid', id: '1' }] }]"

test('a valid order compiles, and so does the example', async () => {
  expect(await compile(order('enable', `smsrOid: '1.2.3', ${device}`))).toBe('')
})

test.each([
  ['an action there is not', 'explode', device],
  ['a member of another action', 'device_suspend', `smsrOid: '1.2.3', ${device}`],
  ['no devices', 'enable', "smsrOid: '1.2.3'"],
  ['a kind there is not', 'device_suspend', "devices: [{ deviceIds: [{ kind: 'shoe', id: '1' }] }]"],
])('an order with %s does not compile', async (_, action, members) => {
  expect(await compile(order(action, members))).toMatch(/tried-by-test\.ts\(\d+,\d+\): error TS/)
})
