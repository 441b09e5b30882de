import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { faultsOf } from '../../deploy/parameter-faults.ts'
import { schemaOf } from '../../deploy/parameter-rules.ts'
import { projectRoot } from '../../deploy/esbuild-options.ts'
import { actions } from '../../lib/profile/order/actions.ts'
import { ownDeadlineSeconds } from '../../lib/setting-relations.ts'
import { parseYaml } from '../../local/deployment/yaml.ts'

const { params } = parseYaml(readFileSync(join(projectRoot, 'serverless.yml'), 'utf8'), 'serverless.yml') as {
  params: { default: Record<string, unknown> }
}
const defaults = params.default
const faults = (given: Record<string, unknown>) =>
  faultsOf({ defaults, given, region: 'us-east-1', attemptTimeoutSeconds: 45 })

const streamOf = (table: string, region = 'us-east-1') =>
  `arn:aws:dynamodb:${region}:123456789012:table/${table}/stream/2026-11-29T10:00:00.000`

describe('the parameters of a deployment', () => {
  test('are right by default', () => {
    expect(faults({})).toEqual([])
  })

  test('each have a rule, which the default satisfies', () => {
    const unruly = Object.entries(defaults).filter(
      ([name, value]) => schemaOf(name)?.safeParse(String(value)).success !== true,
    )
    expect(unruly).toEqual([])
  })

  test.each([
    [{ leaseSecond: 10 }, ['leaseSecond is not a parameter. Did you mean leaseSeconds?']],
    [{ colour: 'red' }, ['colour is not a parameter.']],
    [{ leaseSeconds: 'abc' }, ['leaseSeconds is "abc": must be a whole number from 1 to 269.']],
    [{ leaseSeconds: '' }, ['leaseSeconds is "": must be a whole number from 1 to 269.']],
    [{ leaseSeconds: 270 }, ['leaseSeconds is 270: must be a whole number from 1 to 269.']],
    [{ retryCapSeconds: '5000' }, ['retryCapSeconds is "5000": must be a whole number from 1 to 900.']],
    [{ submitRate: 0 }, ['submitRate is 0: must be a number from 0.01 to 10000.']],
    [{ submitConcurrency: -1 }, ['submitConcurrency is -1: must be a whole number from 0 to 100000.']],
    [{ takeOverListener: 'yes' }, ['takeOverListener is "yes": expected one of true, false.']],
    [{ listenerAccounts: ['a'] }, ['listenerAccounts is ["a"]: must be a text, a number or a boolean.']],
    [
      { restoredAt: 'yesterday' },
      ['restoredAt is "yesterday": must be empty or a time in UTC, such as 2026-11-29T10:00:00Z.'],
    ],
    [
      { restoredAt: '2999-01-01T00:00:00Z' },
      ['restoredAt is "2999-01-01T00:00:00Z": must not be in the future, or nothing is sent until then.'],
    ],
    [{ restoredAt: '2026-11-29T10:00:00Z' }, []],
    [
      { existingTableName: 'restored' },
      ['existingTableName is "restored" and existingTableStreamArn is "": set both, for the same table, or neither.'],
    ],
    [
      { existingTableName: 'restored', existingTableStreamArn: streamOf('another') },
      [
        `existingTableName is "restored" and existingTableStreamArn is "${streamOf('another')}": set both, for the same table, or neither.`,
      ],
    ],
    [{ existingTableName: 'restored', existingTableStreamArn: streamOf('restored') }, []],
    [
      { existingTableName: 'restored', existingTableStreamArn: streamOf('restored', 'eu-west-1') },
      [
        `existingTableStreamArn is "${streamOf('restored', 'eu-west-1')}": must be in the region of the deployment, us-east-1.`,
      ],
    ],
    [
      { thingSpaceBaseUrl: 'https://thingspace.verizon.com/api/' },
      ['thingSpaceBaseUrl is "https://thingspace.verizon.com/api/": must have no slash at its end.'],
    ],
    [
      { thingSpaceBaseUrl: 'http://127.0.0.1:9080/api' },
      ['thingSpaceBaseUrl is "http://127.0.0.1:9080/api": must begin with https://.'],
    ],
    [
      { credentialSets: '{"a": 1}' },
      ['credentialSets is "{"a": 1}": must be a JSON object whose values are texts, such as {"name": "value"}.'],
    ],
    [
      { callbackAddresses: '192.0.2.1,example.com' },
      [
        'callbackAddresses is "192.0.2.1,example.com": must be IP addresses, separated by commas, such as 192.0.2.1,192.0.2.2.',
      ],
    ],
  ])('are refused if one is wrong: %o', (given, sentences) => {
    expect(faults(given)).toEqual(sentences)
  })

  test.each([
    [{ leaseSeconds: 45 }, /^leaseSeconds is 45: must be longer than .* 45 s, .*: set at least 46\.$/],
    [{ retryCapSeconds: 3 }, /^retryCapSeconds is 3: .* first delay: set at least 5\.$/],
    [{ retryMaximumAgeSeconds: 60 }, /^retryMaximumAgeSeconds is 60: .* longest delay: set at least 900\.$/],
    [{ graceSeconds: 59 }, /^graceSeconds is 59: .* repeatable actions: set at least 60\.$/],
    [{ retainDays: 1 }, /^retainDays is 1: .* set at least 2\.$/],
    [{ resultsWithinSeconds: 2_592_000, retainDays: 30 }, /^retainDays is 30: .* set at least 31\.$/],
    [{ refuseUnlistedAddresses: true, callbackAddresses: '' }, /^refuseUnlistedAddresses is true: must be false/],
    [{ callbacksBatchSize: 50 }, /^callbacksBatchSize is 50: .* callbacksWindowSeconds of at least 1\.$/],
    [{ singleConcurrency: 1 }, /^singleConcurrency is 1: must be a whole number from 2 to 1000\.$/],
    [{ bulkConcurrency: 1001 }, /^bulkConcurrency is 1001: must be a whole number from 2 to 1000\.$/],
    [{ publicHost: 'esim.example.com' }, /^publicHost is .* set both for a domain of your own, or neither\.$/],
    [{ certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a' }, /set both .*, or neither\.$/],
    [
      { kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/a' },
      /must be in the region of the deployment, us-east-1\.$/,
    ],
  ])('are refused if two contradict each other: %o', (given, sentence) => {
    expect(faults(given)).toEqual([expect.stringMatching(sentence)])
  })

  test('may be a text, a number or a boolean in YAML', () => {
    expect(faults({ leaseSeconds: 46, deletionProtection: 'false', takeOverListener: true })).toEqual([])
    expect(
      faults({
        publicHost: 'esim.example.com',
        certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a',
        kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/a',
      }),
    ).toEqual([])
  })

  test('leave results their own deadline of one day, which the retention period covers', () => {
    const own = Object.values(actions).map(({ resultsWithinSeconds }) => resultsWithinSeconds)
    expect(Math.max(...own)).toBe(ownDeadlineSeconds)
  })
})

describe('npm run package', () => {
  const packageWith = async (...options: string[]) => {
    const packaging = promisify(execFile)('npx', ['serverless', 'package', ...options], { cwd: projectRoot })
    const failed = await packaging.then(
      () => ({ code: 0, stdout: '', stderr: '' }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
    return { code: failed.code, text: failed.stdout + failed.stderr }
  }

  test('stops with a sentence for each wrong parameter of the command line, before it builds anything', async () => {
    const { code, text } = await packageWith(
      '--stage',
      'prod',
      '--param',
      'leaseSeconds=10',
      '--param',
      'retryCapSeconds=3',
    )
    expect(code).toBe(1)
    expect(text).toMatch(/- leaseSeconds is "10": must be longer than .*: set at least 46\./)
    expect(text).toContain('- retryCapSeconds is "3": ')
    expect(text).not.toMatch(/ at .*\.ts:\d+/)
  }, 90_000)
})

describe('the table of parameters in docs/deploying.md', () => {
  const page = readFileSync(join(projectRoot, 'docs/deploying.md'), 'utf8')
  const table = page.slice(page.indexOf('| Parameter'), page.indexOf('Some parameters depend'))
  const rows = table
    .split('\n')
    .slice(2)
    .filter((line) => line !== '')
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))
    .map(([names = '', byDefault = '', allowed = '']) => ({
      names: [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
      byDefault,
      allowed,
    }))
  const number = (text: string) => Number(text.replaceAll(',', ''))

  test('lists exactly the existing parameters', () => {
    expect(rows.flatMap(({ names }) => names).toSorted()).toEqual(Object.keys(defaults).toSorted())
  })

  test('says which values are allowed, as the rules do', () => {
    const isTaken = (name: string, value: number | string) => schemaOf(name)?.safeParse(String(value)).success
    let checked = 0
    for (const { names, allowed } of rows) {
      const [, least = '', most = ''] = /^([\d.,]+) to ([\d,]+)$/.exec(allowed) ?? []
      const words = [...allowed.matchAll(/`(\w+)`/g)].map(([, word = '']) => word)
      for (const name of names) {
        for (const word of words) expect([name, word, isTaken(name, word)]).toEqual([name, word, true])
        expect([name, words.length > 0 && isTaken(name, 'maybe')]).toEqual([name, false])
        if (least === '') continue
        checked += 1
        const within = [number(least), number(most)].map((value) => isTaken(name, value))
        const beyond = [number(least) - 1, number(most) + 1, 'x'].map((value) => isTaken(name, value))
        expect([name, within, beyond]).toEqual([name, [true, true], [false, false, false]])
      }
    }
    expect(checked).toBeGreaterThan(20)
  })

  test('says the defaults of numbers and switches', () => {
    for (const { names, byDefault } of rows) {
      const told = byDefault.split(', ')
      for (const [index, name] of names.entries()) {
        const value = String(defaults[name])
        if (!/^\d+$|^(true|false)$/.test(value)) continue
        const said = (told[index] ?? '').replaceAll('`', '').replaceAll(',', '')
        expect([name, said]).toEqual([name, value])
      }
    }
  })
})
