import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemCodes } from '../../lib/openapi/problems.ts'
import { problems } from '../../lib/http/problem.ts'
import { ActionName } from '../../lib/profile/order/action-names.ts'
import { actions } from '../../lib/profile/order/actions.ts'
import { readBody } from '../../lib/profile/order/read-body.ts'
import { scopeOf } from '../../lib/http/access/route-scopes.ts'
import { readCallback } from '../../lib/thingspace/callback/read-callback.ts'
import { readDeployment } from '../../local/deployment/read-deployment.ts'
import { createRouter } from '../../local/http-api/routes.ts'
import { document, operation, operations, resolve } from './document.ts'
import { faultsAt } from './schemas.ts'

const root = join(import.meta.dirname, '../..')
const deployment = await readDeployment(join(root, 'serverless.yml'), {})
const callbackEndpoint = {
  method: 'POST',
  path: '/callbacks/{secret}/{accountName}',
  scope: undefined as string | undefined,
}
const routes = [
  ...deployment.functions.flatMap((each) =>
    each.routes.map(({ method, path }) => ({ method, path, scope: scopeOf(`${method} ${path}`) })),
  ),
  callbackEndpoint,
]

describe('the OpenAPI document', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openapi-'))
  })
  afterAll(async () => rm(folder, { recursive: true }))

  test('has no finding of the linter', async () => {
    const file = join(folder, 'openapi.json')
    await writeFile(file, JSON.stringify(document))
    const config = join(import.meta.dirname, 'redocly.yaml')
    const linted = await promisify(execFile)(
      process.execPath,
      [join(root, 'node_modules/@redocly/cli/bin/cli.js'), 'lint', file, '--config', config, '--format', 'json'],
      { env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
    )
    expect(JSON.parse(linted.stdout)).toMatchObject({ totals: { errors: 0, warnings: 0 }, problems: [] })
  })
})

describe('the routes of serverless.yml', () => {
  test('include the callback endpoint', () => {
    expect(deployment.resources.routes).toHaveLength(1)
    expect(String(deployment.resources.routes[0]?.RouteKey)).toMatch(/POST \/callbacks\/\{\{.*\}\}\/\{accountName\}$/)
  })

  test('are each described under their own name', () => {
    const described = new Set(operations.map(({ key }) => key))
    expect(routes.map(({ method, path }) => `${method} ${path}`).filter((key) => !described.has(key))).toEqual([])
  })

  test.each(operations)('include $key with the scope that the document names', ({ method, path, security }) => {
    const route = createRouter(routes.map((each) => ({ ...each, serve: () => Promise.reject(new Error('unused')) })))
    const sample = path.replaceAll(/\{\w+\}/g, 'x')

    const found = route(method, sample)?.route

    expect(found).toBeDefined()
    const { scope } = routes.find((each) => each.method === found?.method && each.path === found.path)!
    expect(security).toEqual(scope === undefined ? [] : [{ callers: [scope] }])
  })

  test('include a path for every action', () => {
    for (const name of ActionName.options) {
      expect(operation(`POST /v1/devices/profile/actions/${name}`).requestBody).toBeDefined()
    }
  })
})

/** Every example beside a schema, with the place of that schema. */
const examples = [
  ...operations.map((each) => ({ place: ['paths', each.path, each.method.toLowerCase()], each })),
  ...Object.entries(document.webhooks).map(([name, { post }]) => ({ place: ['webhooks', name, 'post'], each: post })),
].flatMap(({ place, each }) => {
  const bodies = [
    { at: [...place, 'requestBody'], content: each.requestBody?.content ?? {} },
    ...Object.entries(each.responses).map(([status, written]) => {
      const reference = (written as { $ref?: string }).$ref
      const at = reference === undefined ? [...place, 'responses', status] : reference.split('/').slice(1)
      return { at, content: resolve(written).content ?? {} }
    }),
  ]
  return bodies.flatMap(({ at, content }) =>
    Object.entries(content).flatMap(([type, media]) =>
      Object.entries(media.examples ?? {}).map(([name, example]) => ({
        name: `${place.slice(1).join(' ')} ${at.at(-1)}: ${name}`,
        schema: [...at, 'content', type, 'schema'],
        value: resolve(example).value,
      })),
    ),
  )
})

describe('the examples of the OpenAPI document', () => {
  test('number more than three hundred', () => expect(examples.length).toBeGreaterThan(300))

  test('match their schemas', () => {
    const failing = examples.flatMap(({ name, schema, value }) =>
      faultsAt(schema, value).map((fault) => `${name}: ${fault}`),
    )
    expect(failing).toEqual([])
  })

  const bodies = ActionName.options.flatMap((name) =>
    actions[name].bodies.map(({ family }) => ({ name, family, example: `${name}-${family}` })),
  )

  test.each(bodies)('include a valid body for $example', ({ name, family, example }) => {
    const content = operation(`POST /v1/devices/profile/actions/${name}`).requestBody?.content['application/json']
    expect(readBody(actions[name], content?.examples?.[example]?.value)).toMatchObject({
      kind: 'valid',
      body: { family },
    })
  })

  test.each(
    Object.keys(
      document.webhooks['thingspace.callback']?.post.requestBody?.content['application/json']?.examples ?? {},
    ),
  )('include the callback %s, which readCallback understands', (name) => {
    const content = document.webhooks['thingspace.callback']?.post.requestBody?.content['application/json']
    expect(readCallback(JSON.stringify(content?.examples?.[name]?.value))).toMatchObject({ kind: 'understood' })
  })

  const fixtures = ['download_enable.success', 'download_enable.warning', 'global-download.success', 'disable.success']
  test.each([...fixtures, 'setfallbackattribute.success', 'fault.device-already-active'])(
    "match the schema that also accepts ThingSpace's own %s",
    async (name) => {
      const text = await readFile(join(root, `test/fixtures/thingspace/callback.${name}.json`), 'utf8')
      expect(faultsAt(['components', 'schemas', 'ThingSpaceCallback'], JSON.parse(text))).toEqual([])
    },
  )
})

describe('the problems of the OpenAPI document', () => {
  test('have an example for every code and are used by a route', () => {
    expect(Object.keys(document.components.examples).toSorted()).toEqual(Object.keys(problems).toSorted())
    const met = operations.flatMap(({ responses }) =>
      Object.values(responses).flatMap((written) =>
        Object.keys(resolve(written).content?.['application/problem+json']?.examples ?? {}),
      ),
    )
    expect(new Set(met)).toEqual(new Set(problemCodes))
  })

  test('are described under their own status', () => {
    for (const { responses } of operations) {
      for (const [status, written] of Object.entries(responses)) {
        const named = Object.keys(resolve(written).content?.['application/problem+json']?.examples ?? {})
        for (const code of problemCodes.filter((each) => named.includes(each))) {
          expect([code, status]).toEqual([code, `${problems[code].status}`])
        }
      }
    }
  })
})
