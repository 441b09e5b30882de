import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { slices } from '../lib/environment-slices.ts'
import { readDeployment } from '../local/deployment/read-deployment.ts'

const root = resolve(import.meta.dirname, '..')
const deployed = (await readDeployment(join(root, 'serverless.yml'), {})).functions

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))

/** The folders with source code, without tests. */
const parts = ['console', 'deploy', 'functions', 'lib', 'local', 'ops']

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The imports of a file: own files as paths from the root, packages by name. */
function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  return [...textOf(file).matchAll(/^(?:import|export) (type )?(?:[^'"]*? from )?'([^']+)'/gms)].map((match) => {
    const specifier = match[2] ?? ''
    const target = specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier
    return { target, typeOnly: match[1] !== undefined }
  })
}

/** The allowed imports of each part: own folders by prefix, packages by name. All others are refused. */
const rules: { part: string; may: RegExp }[] = [
  {
    part: 'lib/profile/',
    may: /^(lib\/profile\/|lib\/parallel\.ts$|zod\/mini$|node:crypto$)/,
  },
  { part: 'lib/thingspace/', may: /^(lib\/(profile|thingspace)\/|zod\/mini$|node:)/ },
  {
    part: 'lib/store/',
    may: /^(lib\/(profile|store)\/|lib\/(parallel|aws-client)\.ts$|lib\/thingspace\/credentials\/ports\.ts$|zod\/mini$|node:(crypto|timers\/promises)$|@aws-sdk\/)/,
  },
  { part: 'lib/http/', may: /^(lib\/(profile|http)\/|zod\/mini$|node:crypto$|@middy\/core$|aws-lambda$)/ },
  {
    part: 'lib/events/',
    may: /^(lib\/(profile|events)\/|lib\/(parallel|aws-client)\.ts$|zod\/mini$|node:crypto$|@middy\/core$|aws-lambda$|@aws-sdk\/)/,
  },
  { part: 'lib/openapi/', may: /^(lib\/(profile|http|openapi)\/|lib\/events\/cloud-event\.ts$|zod$|zod-openapi$)/ },
  { part: 'lib/console/', may: /^(lib\/(http|console)\/|zod\/mini$)/ },
  // The console checks orders with the gateway's own code. All else it gets by HTTP, like any other client.
  {
    part: 'console/',
    may: /^(console\/|lib\/profile\/order\/|zod\/mini$|preact(\/hooks)?$|@preact\/signals$|oauth4webapi$|uplot$)/,
  },
  // Apps install the client alone.
  { part: 'client/source/', may: /^client\/source\// },
  { part: 'functions/', may: /^(lib\/|node:(crypto|path|fs\/promises|timers\/promises)$|aws-lambda$)/ },
  { part: 'local/', may: /^(local\/|lib\/|node:|[@a-z])/ },
  { part: 'ops/', may: /^(ops\/|local\/|lib\/|node:|[@a-z])/ },
  {
    part: 'deploy/',
    may: /^(deploy\/|local\/deployment\/|lib\/(openapi\/document|environment-slices|setting-relations|profile\/order\/near-miss|store\/table\/items)\.ts$|node:|@aws-sdk\/|esbuild$|zod(\/mini)?$)/,
  },
]

test.each(rules)('$part imports only what its rule allows', ({ part, may }) => {
  const refused = sources(part).flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => !may.test(target))
      .map(({ target }) => `${file} -> ${target}`),
  )
  expect(refused, `${part} may import what matches ${may}`).toEqual([])
})

/** The subjects of lib/profile from the bottom up. A subject may import itself, the subjects before it, and the ports. */
const subjects = [
  'order',
  'request',
  'audit',
  'flow-control',
  'submission',
  'status',
  'failure',
  'listener',
  'callback',
  'decision',
  'reorder',
  'support',
  'sweep',
]

const subjectOf = (file: string): string | undefined => /^lib\/profile\/([\w-]+)\//.exec(file)?.[1]

test.each(subjects)('lib/profile/%s imports only subjects below it', (subject) => {
  const allowed = subjects.slice(0, subjects.indexOf(subject) + 1)
  const upwards = sources(`lib/profile/${subject}`).flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => target.startsWith('lib/profile/') && target !== 'lib/profile/ports.ts')
      .filter(({ target }) => !allowed.includes(subjectOf(target) ?? ''))
      .map(({ target }) => `${file} -> ${target}`),
  )
  expect(upwards, `lib/profile/${subject} may import: ports.ts, ${allowed.join(', ')}`).toEqual([])
})

test('lib/profile contains its subjects, the ports and the log messages', () => {
  const entries = readdirSync(join(root, 'lib/profile'))
  expect(entries.toSorted()).toEqual([...subjects, 'log-messages.ts', 'ports.ts'].toSorted())
  expect(importsOf('lib/profile/ports.ts')).toEqual([{ target: 'lib/profile/log-messages.ts', typeOnly: true }])
  expect(importsOf('lib/profile/log-messages.ts')).toEqual([])
})

test('no files import each other in a circle', () => {
  const files = parts.flatMap(sources)
  const imports = new Map(files.map((file) => [file, importsOf(file).map(({ target }) => target)]))
  const finished = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) circles.push([...path.slice(start), file].join(' -> '))
    if (start >= 0 || finished.has(file)) return
    for (const target of imports.get(file) ?? []) visit(target, [...path, file])
    finished.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

const mostFilesInFolder = 18

test(`no folder contains more than ${mostFilesInFolder} source files`, () => {
  const counts = Map.groupBy(parts.flatMap(sources), dirname)
  const full = [...counts].filter(([, files]) => files.length > mostFilesInFolder)
  expect(full.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([])
})

const mostLinesInFile = 200

test(`no file in console, functions or lib has more than ${mostLinesInFile} lines`, () => {
  const files = [...sources('console'), ...sources('functions'), ...sources('lib')]
  const lengths = files.map((file) => ({ file, lines: textOf(file).trimEnd().split('\n').length }))
  expect(lengths.filter(({ lines }) => lines > mostLinesInFile)).toEqual([])
})

test('lib/store imports only types and schemas from lib/thingspace', () => {
  const crossing = sources('lib/store')
    .flatMap(importsOf)
    .filter(({ target }) => target.startsWith('lib/thingspace/'))
  expect(new Set(crossing.map(({ target }) => target))).toEqual(new Set(['lib/thingspace/credentials/ports.ts']))
})

test('lib and functions import no function, local stack, operator tool or test', () => {
  const strays = [...sources('lib'), ...sources('functions')].flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => /^(functions|local|ops|test)\//.test(target))
      .map(({ target }) => `${file} -> ${target}`),
  )
  expect(strays).toEqual([])
})

test('lib/profile receives clock, randomness, network and environment as arguments', () => {
  const taken = sources('lib/profile').filter((file) =>
    /Date\.now\(|Math\.random\(|setTimeout\(|setInterval\(|\bfetch\(|process\.|new Date\(\)|randomUUID|randomBytes/.test(
      textOf(file),
    ),
  )
  expect(taken).toEqual([])
})

test('process.env is read in one file of lib and functions', () => {
  const readers = [...sources('lib'), ...sources('functions')].filter((file) => textOf(file).includes('process.env'))
  expect(readers).toEqual(['lib/environment.ts'])
})

test('process.env is read and set in one file of the local stack', () => {
  const readers = sources('local').filter((file) => textOf(file).includes('process.env'))
  expect(readers).toEqual(['local/process-environment.ts'])
})

test('process.env is read and set in one file of ops', () => {
  const readers = sources('ops').filter((file) => textOf(file).includes('process.env'))
  expect(readers).toEqual(['ops/connect/variables.ts'])
})

test('zod is imported as a namespace, because its named import bundles every locale', () => {
  const files = parts.flatMap(sources)
  expect(files.filter((file) => /import \{[^}]*\} from 'zod'/.test(textOf(file)))).toEqual([])
})

test('the source has no barrel files and no folders named after kinds of code', () => {
  const files = parts.flatMap(sources)
  expect(files.filter((file) => /(^|\/)(index|utils?|helpers?|common|misc)(\.ts$|\/)/.test(file))).toEqual([])
  expect(files.filter((file) => /^export \* from/m.test(textOf(file)))).toEqual([])
})

test('each deployed function has one file, and each file one function', () => {
  expect(sources('functions').toSorted()).toEqual(deployed.map(({ name }) => `functions/${name}.ts`).toSorted())
  for (const { name, handler } of deployed)
    expect(handler).toEqual({ module: `functions/${name}`, exported: 'handler' })
})

const slicesAskedFor = (file: string) =>
  new Set([...textOf(file).matchAll(/environment\.(\w+)\(\)/g)].map((match) => match[1]))

test.each(deployed)('$name gets exactly the variables that it reads', ({ name, environment }) => {
  const asked = slicesAskedFor(`functions/${name}.ts`)
  const read = Object.entries(slices)
    .filter(([slice]) => asked.has(slice))
    .flatMap(([, slice]) => Object.keys(slice().shape))
  expect(Object.keys(environment).toSorted()).toEqual(read.toSorted())
})

test('every slice of the environment is used by a function', () => {
  const asked = new Set(sources('functions').flatMap((file) => [...slicesAskedFor(file)]))
  expect(Object.keys(slices).filter((slice) => !asked.has(slice))).toEqual([])
})

test('the tests run on the deployed Node major version', () => {
  expect(process.versions.node.split('.')[0]).toBe('24')
})
