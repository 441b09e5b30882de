import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { listingFiles, withFunction } from '../../deploy/new-function.ts'
import { readDeployment } from '../../local/deployment/read-deployment.ts'
import { root } from './template.ts'

const folder = mkdtempSync(join(tmpdir(), 'gateway-new-function-'))
afterAll(() => rmSync(folder, { recursive: true }))

const files = Object.fromEntries(listingFiles.map((path) => [path, readFileSync(join(root, path), 'utf8')]))

describe('npm run new-function', () => {
  test('adds a function with its role, alarms and log group that the template reader understands', async () => {
    cpSync(join(root, 'deploy'), join(folder, 'deploy'), { recursive: true })
    const written = withFunction('test-only', files)
    for (const [path, text] of Object.entries(written)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }

    const { functions } = await readDeployment(join(folder, 'serverless.yml'), {})

    expect(functions.at(-1)).toMatchObject({ name: 'test-only', timeout: 30 })
    expect(written['deploy/roles.yml']).toContain('\n  TestOnlyRole:\n')
    expect(written['deploy/alarms.yml']).toContain('\n  TestOnlyErrors:\n')
    expect(written['deploy/alarms.yml']).toContain('\n  TestOnlyThrottles:\n')
    expect(written['deploy/api.yml']).toContain('LogGroup: *encryptedLogs\n  TestDashonlyLogGroup: *encryptedLogs\n\n')
    expect(Object.keys(written)).toContain('functions/test-only.ts')
    expect(Object.keys(written)).toContain('test/functions/test-only.test.ts')
  })

  test.each(['testOnly', 'count', 'count_devices', '../test-only', ''])('refuses the name "%s"', (name) => {
    expect(() => withFunction(name, files)).toThrow('is not two or more words in kebab case')
  })

  test('refuses the name of a function that exists', () => {
    expect(() => withFunction('sweep-due', files)).toThrow('already has a function sweep-due')
  })
})
