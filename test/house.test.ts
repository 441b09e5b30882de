import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { slices } from '../lib/environment.ts'
import { readDeployment } from '../local/deployment/deployment.ts'

const root = resolve(import.meta.dirname, '..')
const deployed = (await readDeployment(join(root, 'serverless.yml'), {})).functions

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** What a file imports: our own files as paths from the top, packages by name. */
function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  return [...textOf(file).matchAll(/^(?:import|export) (type )?(?:[^'"]*? from )?'([^']+)'/gms)].map((match) => {
    const specifier = match[2] ?? ''
    const target = specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier
    return { target, typeOnly: match[1] !== undefined }
  })
}

/** Which imports each part of the house may have: own folders by prefix, packages by name. Anything else is refused. */
const rules: { part: string; may: RegExp }[] = [
  {
    part: 'lib/profile/',
    may: /^(lib\/profile\/|lib\/parallel\.ts$|zod\/mini$|node:crypto$)/,
  },
  { part: 'lib/thingspace/', may: /^(lib\/(profile|thingspace)\/|zod\/mini$|node:)/ },
  {
    part: 'lib/store/',
    may: /^(lib\/(profile|store)\/|lib\/(parallel|aws-client)\.ts$|lib\/thingspace\/ports\.ts$|zod\/mini$|node:(crypto|timers\/promises)$|@aws-sdk\/)/,
  },
  { part: 'lib/http/', may: /^(lib\/(profile|http)\/|zod\/mini$|node:crypto$|@middy\/core$|aws-lambda$)/ },
  {
    part: 'lib/events/',
    may: /^(lib\/(profile|events)\/|lib\/(parallel|aws-client)\.ts$|zod\/mini$|node:crypto$|@middy\/core$|aws-lambda$|@aws-sdk\/)/,
  },
  { part: 'lib/api/', may: /^(lib\/(profile|http|api)\/|lib\/events\/cloud-event\.ts$|zod$|zod-openapi$)/ },
  { part: 'functions/', may: /^(lib\/|node:(crypto|path|fs\/promises|timers\/promises)$|aws-lambda$)/ },
  { part: 'local/', may: /^(local\/|lib\/|node:|[@a-z])/ },
]

test.each(rules)('$part imports only what its place allows', ({ part, may }) => {
  const refused = sources(part.slice(0, part.indexOf('/') + 1).replace('/', ''))
    .filter((file) => file.startsWith(part))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => !may.test(target))
        .map(({ target }) => `${file} -> ${target}`),
    )
  expect(refused).toEqual([])
})

test('the store takes nothing but types and schemas from the ThingSpace side', () => {
  const crossing = sources('lib/store')
    .flatMap(importsOf)
    .filter(({ target }) => target.startsWith('lib/thingspace/'))
  expect(new Set(crossing.map(({ target }) => target))).toEqual(new Set(['lib/thingspace/ports.ts']))
})

test('nothing imports a function, the local stack or a test from outside them', () => {
  const strays = [...sources('lib'), ...sources('functions')].flatMap((file) =>
    importsOf(file)
      .filter(({ target }) => /^(functions|local|test)\//.test(target))
      .map(({ target }) => `${file} -> ${target}`),
  )
  expect(strays).toEqual([])
})

test('the domain asks for clock, randomness, network and environment instead of taking them', () => {
  const taken = sources('lib/profile').filter((file) =>
    /Date\.now\(|Math\.random\(|setTimeout\(|setInterval\(|\bfetch\(|process\.|new Date\(\)|randomUUID|randomBytes/.test(
      textOf(file),
    ),
  )
  expect(taken).toEqual([])
})

test('process.env is read in one file', () => {
  const readers = [...sources('lib'), ...sources('functions')].filter((file) => textOf(file).includes('process.env'))
  expect(readers).toEqual(['lib/environment.ts'])
})

test("process.env is read and set in one file of the operators' command line", () => {
  const readers = sources('local/ops').filter((file) => textOf(file).includes('process.env'))
  expect(readers).toEqual(['local/ops/target/variables.ts'])
})

test('zod is imported whole, because its named import bundles every locale', () => {
  const files = [...sources('lib'), ...sources('functions'), ...sources('local')]
  expect(files.filter((file) => /import \{[^}]*\} from 'zod'/.test(textOf(file)))).toEqual([])
})

test('no barrels, no folders named after kinds', () => {
  const files = [...sources('lib'), ...sources('functions'), ...sources('local')]
  expect(files.filter((file) => /(^|\/)(index|utils?|helpers?|common|misc)(\.ts$|\/)/.test(file))).toEqual([])
  expect(files.filter((file) => /^export \* from/m.test(textOf(file)))).toEqual([])
})

test('each deployed function has its file, and each file its function', () => {
  expect(sources('functions').toSorted()).toEqual(deployed.map(({ name }) => `functions/${name}.ts`).toSorted())
  for (const { name, handler } of deployed)
    expect(handler).toEqual({ module: `functions/${name}`, exported: 'handler' })
})

const slicesAskedFor = (file: string) =>
  new Set([...textOf(file).matchAll(/environment\.(\w+)\(\)/g)].map((match) => match[1]))

test.each(deployed)('$name gets exactly the variables it reads', ({ name, environment }) => {
  const asked = slicesAskedFor(`functions/${name}.ts`)
  const read = Object.entries(slices)
    .filter(([slice]) => asked.has(slice))
    .flatMap(([, slice]) => Object.keys(slice().shape))
  expect(Object.keys(environment).toSorted()).toEqual(read.toSorted())
})

test('every slice of the environment is asked for by some function', () => {
  const asked = new Set(sources('functions').flatMap((file) => [...slicesAskedFor(file)]))
  expect(Object.keys(slices).filter((slice) => !asked.has(slice))).toEqual([])
})

test('runs on the deployed Node major', () => {
  expect(process.versions.node.split('.')[0]).toBe('24')
})
