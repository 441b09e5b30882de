import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { awsCallMilliseconds, awsClientOptions } from '../lib/aws-client.ts'
import { mostAnswerBytes } from '../lib/http/answer-size.ts'
import { maximumBodyBytes } from '../lib/http/json-body.ts'
import { patienceMilliseconds } from '../lib/store/table/patience.ts'
import { resultLimits } from '../lib/store/results.ts'
import { readDeployment } from '../local/deployment/read-deployment.ts'
import { maximumItemSize } from './fakes/dynamodb/size.ts'
import { snsLimits, sqsLimits } from './fakes/messaging-limits.ts'

const root = join(import.meta.dirname, '..')
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')
const { functions } = await readDeployment(join(root, 'serverless.yml'), {})

/** The rows of the table under a heading of docs/design.md, cell by cell, without the head. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = textOf('docs/design.md').split(`\n${heading}\n`)
  const lines = (section.split(/\n#/)[0] ?? '').split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

/** A constant of a source file, in seconds. */
function secondsIn(file: string, name: string): number {
  const found = new RegExp(`\\b${name}(?::| =) ([\\d_]+)`).exec(textOf(file))?.[1]
  return Number(found?.replaceAll('_', '')) / 1000
}

const { maxAttempts, requestHandler } = awsClientOptions
const budgets: Readonly<Record<string, [string, number]>> = {
  'submit-profile-action': [
    'its attempt at ThingSpace',
    secondsIn('functions/submit-profile-action.ts', 'budgetMilliseconds'),
  ],
  'retry-submission': ['its attempt at ThingSpace', secondsIn('functions/retry-submission.ts', 'budgetMilliseconds')],
  'project-changes': ['its loop over changes', secondsIn('functions/project-changes.ts', 'projectMilliseconds')],
  'keep-listener': ['its loop over registrations', secondsIn('functions/keep-listener.ts', 'keepMilliseconds')],
  'sweep-due': ['its loop over due items', secondsIn('functions/sweep-due.ts', 'sweepMilliseconds')],
}

describe('the table of time-outs in docs/design.md', () => {
  const table = rowsUnder('### Time-outs')

  test('lists the time-out of every function and of its loop or attempt', () => {
    const expected = functions.flatMap(({ name, timeout }) => {
      const [what, seconds] = budgets[name] ?? []
      const share = secondsIn('functions/sweep-due.ts', 'shareMilliseconds')
      return [
        [`\`${name}\``, `${timeout} s`],
        ...(what === undefined ? [] : [[what, `${seconds} s`]]),
        ...(name === 'sweep-due' ? [['its loop over its share', `${share} s`]] : []),
      ]
    })
    expect(table.slice(0, expected.length).map(([what, value]) => [what, value])).toEqual(expected)
  })

  test('lists the time-outs of calls to AWS and ThingSpace', () => {
    const seconds = (milliseconds: number) => `${milliseconds / 1000} s`
    const calls = [
      [`an AWS call, ${maxAttempts} attempts in all`, seconds(awsCallMilliseconds)],
      ['one attempt: the connection', seconds(requestHandler.connectionTimeout)],
      ['one attempt: the answer', seconds(requestHandler.requestTimeout)],
      ['a body that stops arriving', seconds(requestHandler.socketTimeout)],
      ['repeats of a refused write', seconds(patienceMilliseconds)],
      ['ThingSpace: the connection', `${secondsIn('lib/thingspace/connect.ts', 'connectTimeoutMilliseconds')} s`],
      [
        'ThingSpace: one token call',
        `${secondsIn('lib/thingspace/credentials/credential-refresh.ts', 'callMilliseconds')} s`,
      ],
      ['ThingSpace: a listener call', `${secondsIn('lib/thingspace/connect.ts', 'budgetMilliseconds')} s`],
      ['ThingSpace: a status call', `${statusCallSeconds()} s`],
      ['ThingSpace: a probe', `${secondsIn('lib/profile/submission/hold-back.ts', 'probeMilliseconds')} s`],
    ]
    expect(table.slice(-calls.length).map(([what, value]) => [what, value])).toEqual(calls)
  })

  test('names the file of each time-out', () => {
    for (const [, value = '', file = ''] of table) {
      const [, digits = ''] = /^(\d+) s$/.exec(value) ?? []
      const name = file.slice(1, -1)
      const written = new RegExp(`\\b(${digits}|${digits}[_0]?000)\\b`)
      expect([name, written.test(textOf(name))]).toEqual([name, true])
    }
  })

  test('allows no AWS call that takes longer than its function', () => {
    const withAws = functions.filter(({ name }) => name !== 'describe-api')
    expect(withAws.filter(({ timeout }) => timeout * 1000 <= awsCallMilliseconds + patienceMilliseconds)).toEqual([])
  })
})

/** The status call has its own budget in the same file as the listener's. */
function statusCallSeconds(): number {
  const found = /lookUpRequestStatus\([^)]*budgetMilliseconds: ([\d_]+)/.exec(textOf('lib/thingspace/connect.ts'))?.[1]
  return Number(found?.replaceAll('_', '')) / 1000
}

describe('the table of limits in docs/design.md', () => {
  const table = new Map(rowsUnder('### Limits of AWS').map(([limit = '', ...cells]) => [limit, cells]))

  test.each([
    ['Lambda: answer', 1, `${mostAnswerBytes / 1e6} MB`],
    ['Lambda: request', 1, `${maximumBodyBytes / 1024 / 1024} MiB`],
    ['DynamoDB: item', 0, `${maximumItemSize / 1024} KB`],
    ['DynamoDB: item', 2, `${resultLimits.ownBytes / 1000} KB`],
    ['DynamoDB: item', 2, `${resultLimits.othersBytes / 1000} KB for ${resultLimits.others} others`],
    ['SQS: batch', 0, `${sqsLimits.batchMessages} messages, ${sqsLimits.batchBytes / 1024 / 1024} MiB`],
    ['SQS: delay', 0, `${sqsLimits.delaySeconds} s`],
    ['SNS: batch', 0, `${snsLimits.batchMessages} messages, ${snsLimits.batchBytes / 1024} KB`],
  ])('contains the same value for "%s" as the code', (limit, cell, words) => {
    expect(table.get(limit)?.[cell]).toContain(words)
  })

  test('leaves room for the texts of the largest result', () => {
    expect(resultLimits.ownBytes + resultLimits.othersBytes).toBeLessThan(maximumItemSize - 50_000)
  })

  test('names existing files', () => {
    const files = [...table.values()].flatMap((cells) => [...cells.join(' ').matchAll(/`([\w/-]+\.ts)`/g)])
    expect(files.length).toBeGreaterThan(8)
    for (const [, file = ''] of files) expect(textOf(file)).not.toBe('')
  })
})
