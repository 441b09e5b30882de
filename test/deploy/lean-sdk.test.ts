import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type BuildOptions } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import { deployedBuild, projectRoot } from '../../deploy/esbuild-options.ts'
import { errorsOfTables } from '../../deploy/lean-sdk.ts'

const folder = mkdtempSync(join(tmpdir(), 'gateway-lean-'))
afterAll(() => rmSync(folder, { recursive: true }))
const inClient = (client: string, path: string) => join(projectRoot, 'node_modules/@aws-sdk', `client-${client}`, path)
const read = (path: string) => readFileSync(path, 'utf8')

async function load(name: string, contents: string, options: BuildOptions): Promise<Record<string, unknown>> {
  const outfile = join(folder, `${name}.cjs`)
  await build({ ...options, stdin: { contents, resolveDir: projectRoot }, outfile })
  const module: { default: Record<string, unknown> } = await import(pathToFileURL(outfile).href)
  return module.default
}

/** A schema names others by functions, because they refer to each other. */
const asText = (schemas: Record<string, unknown>): string[] =>
  Object.entries(schemas).map(
    ([name, schema]) =>
      `${name} ${JSON.stringify(schema, (_key, value: unknown) => {
        if (typeof value !== 'function') return value
        const named: unknown = value()
        return `refers to ${Array.isArray(named) ? String(named[2]) : String(named)}`
      })}`,
  )

test.each(['dynamodb', 'sqs', 'sns', 'secrets-manager'])(
  'the schemas of the bundled %s client are those of the package',
  async (client) => {
    const options = await deployedBuild()
    const contents = `export * from ${JSON.stringify(inClient(client, 'dist-es/schemas/schemas_0.js'))}`
    const { errorTypeRegistries: _bundled, ...bundled } = await load(`${client}-lean`, contents, options)
    const { errorTypeRegistries: _whole, ...whole } = await load(`${client}-whole`, contents, {
      ...options,
      plugins: [],
    })
    expect(Object.keys(whole).length).toBeGreaterThan(20)
    expect(asText(bundled)).toEqual(asText(whole))
  },
)

test('a bundled client names its version to AWS', async () => {
  const contents = `import { SQSClient } from '@aws-sdk/client-sqs'
    export const names = new SQSClient({ region: 'us-east-1' }).config.defaultUserAgentProvider()`
  const { names } = await load('version', contents, await deployedBuild())
  const { version } = JSON.parse(read(inClient('sqs', 'package.json'))) as { version: string }
  expect(await names).toContainEqual(['aws-sdk-js', version])
})

test('no operation of DynamoDB that the code calls can answer with an error that the bundles leave out', () => {
  const files = ['lib', 'functions'].flatMap((top) =>
    readdirSync(join(projectRoot, top), { recursive: true, encoding: 'utf8' }).map((file) => join(top, file)),
  )
  const code = files.filter((file) => file.endsWith('.ts')).map((file) => read(join(projectRoot, file)))
  const commands = new Set(
    code
      .filter((text) => text.includes('@aws-sdk/lib-dynamodb'))
      .flatMap((text) => [...text.matchAll(/new (\w+)Command\(/g)].map(([, command = '']) => command)),
  )
  expect(commands).toContain('TransactWrite')
  const thrown = [...commands].flatMap((command) => {
    const document = read(join(projectRoot, `node_modules/@aws-sdk/lib-dynamodb/dist-es/commands/${command}Command.js`))
    const operation = /import \{ (\w+Command) as/.exec(document)?.[1]
    const described = read(inClient('dynamodb', `dist-types/commands/${operation}.d.ts`))
    return [...described.matchAll(/@throws \{@link (\w+)\}/g)].map(([, error = '']) => error)
  })
  expect(thrown).toContain('TransactionCanceledException')
  expect(thrown.filter((error) => errorsOfTables.test(error))).toEqual([])
})

test('the bundled client registers every other error of DynamoDB', async () => {
  const registered = [
    ...read(inClient('dynamodb', 'dist-es/schemas/schemas_0.js')).matchAll(/registerError\(\w+\$, (\w+)\)/g),
  ]
  const kept = registered.map(([, name = '']) => name).filter((name) => !errorsOfTables.test(name))
  const contents = `export { errorTypeRegistries } from ${JSON.stringify(inClient('dynamodb', 'dist-es/schemas/schemas_0.js'))}`
  const { errorTypeRegistries } = await load('errors', contents, await deployedBuild())
  const names = (errorTypeRegistries as { exceptions: Map<unknown[], unknown> }[]).flatMap(({ exceptions }) =>
    [...exceptions.keys()].map((schema) => String(schema[2])),
  )
  expect(kept.length).toBeGreaterThan(10)
  expect(new Set(names)).toEqual(new Set(kept))
})
