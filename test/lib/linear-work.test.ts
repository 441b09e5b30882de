import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readReceivedCallback } from '../../lib/events/read-received-callback.ts'
import { readCallback } from '../../lib/thingspace/callback/read-callback.ts'
import { readErrorBody, scrubMessage } from '../../lib/thingspace/answer/error-body.ts'
import { maskText } from '../../lib/thingspace/mask-text.ts'
import { redactText } from '../../lib/thingspace/callback/redact.ts'
import { retryAfterSeconds } from '../../lib/thingspace/answer/retry-after.ts'
import { cpuMilliseconds } from '../cpu-milliseconds.ts'
import { sqsEvent } from '../builders.ts'

const longest = 65_536
/** Ten times the input may take ten times as long, plus a half for the noise of a busy machine. */
const mostGrowth = 15
/** If 64 KB take less than this, growth does not matter. A quadratic pass takes a thousand times as long. */
const noise = 20

/** Texts that make a matcher start over at each of their characters. */
const units = [
  'a',
  'A',
  '1',
  ' ',
  '<',
  '>',
  '"',
  "'",
  '\\',
  '{',
  '[',
  ':',
  '=',
  '%',
  '&',
  '.',
  '-',
  '_',
  '/',
  '+',
  '\n',

  'a.',
  'A_',
  'a1',
  'aA ',
  '-1',
  '1.',
  '<a',
  '</',
  '<a ',
  '<?xml ',
  '\\"',
  '\\u',
  '\\u0',
  '\\\\u00',
  '%2',
  '%25',
  '%3',

  '&#',
  '&amp;',
  '&amp;#',
  'a=',
  'a:',
  '"a":',
  "'a':",
  '{"a":',
  '[{',
  'password',
  'password ',
  'password:',
  'password="',

  'password:{',
  'password\\"',
  'token ',
  'token%22',
  'bearer ',
  'basic a',
  'Mon, ',
  'fault',
  '<fault ',
  '<code>',
  'é',
  '😀',
  '\ud83d',

  'deadbeef-',
  'deadbeef-dead-',
  '0,',
  'a,',
  'a;',
  '"a"',
  '8.2.1,',
  'x'.repeat(39) + ' ',
  'user_name',
  ' \t',
  '9'.repeat(40),
]
const around: readonly (readonly [string, string])[] = [
  ['', ''],
  ['{"requestId":"a","x":', '.5}'],
  ['{"requestId":"a","x":"', '"}'],
  ['"', ''],
  ['{\\"a\\":\\"', ''],
  ["{'a':'", ''],
  ['requestId=', ''],
]

const filled = (unit: string, length: number, [before, after]: readonly [string, string]): string =>
  before + unit.repeat(Math.ceil(length / unit.length)).slice(0, length - before.length - after.length) + after

/** The least CPU time of several runs, because other processes can only add to it. */
function millisecondsOf(work: (text: string) => unknown, text: string, enough: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 8; turn += 1) {
    least = Math.min(
      least,
      cpuMilliseconds(() => void work(text)),
    )
    if (least < enough || least > 300) break
  }
  return least
}

const tenTimes = (work: () => unknown): void => {
  for (let turn = 0; turn < 10; turn += 1) work()
}

/** The texts for which the work grows faster than the text. */
function overgrown(work: (text: string) => unknown, frames = around, given = units, large = longest): string[] {
  return given.flatMap((unit) =>
    frames.flatMap((frame) => {
      // Work that grows too fast does so each time, and a machine that is busy with other work does not.
      for (let turn = 1; ; turn += 1) {
        const cost = millisecondsOf(work, filled(unit, large, frame), noise)
        if (cost < noise) return []
        // A tenth of the text is read ten times, because some machines count CPU time in steps of four milliseconds.
        const tenth = filled(unit, large / 10, frame)
        const tenthsCost = millisecondsOf(() => tenTimes(() => work(tenth)), tenth, 0)
        const growth = (10 * cost) / Math.max(noise, tenthsCost)
        if (growth < mostGrowth) return []
        if (turn === 4) return [`${JSON.stringify(frame[0] + unit)}: ${growth} times as much, ${cost} ms`]
      }
    }),
  )
}

const root = join(import.meta.dirname, '../..')
const literal = /(?<=[(,=:!&|?[{}\s])\/(?![*/\s])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*(?=[\s,.;)\]}])/g

/** Every regular expression in the deployed code, except those that only describe the API in documents. */
const expressions = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('api/'))
  .flatMap((file) => {
    const code = readFileSync(join(root, 'lib', file), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line))
    return code.flatMap((line) => (line.match(literal) ?? []).map((source) => ({ file, source })))
  })

function workOf(source: string): (text: string) => unknown {
  const end = source.lastIndexOf('/')
  const expression = new RegExp(source.slice(1, end), source.slice(end + 1))
  return (text) => (expression.global ? text.replaceAll(expression, '') : expression.test(text))
}

describe('processing text from outside in linear time', () => {
  test('is checked for all regular expressions in the code', () => {
    const found = expressions.map(({ source }) => source)

    expect(found).toContain(String.raw`/^[\x21-\x7e]{1,128}$/`)
    expect(found).toContain(String.raw`/^\d{30,32}$/`)
    expect(found.length).toBeGreaterThan(50)
  })

  test('is told apart from processing it in quadratic time', () => {
    expect(overgrown(workOf(String.raw`/\d{16,}(?![\d.eE])/g`), [['', '.']], ['1'], 20_000)).toHaveLength(1)
  })

  test.each(expressions)('holds for the expression $source in $file', ({ source }) => {
    expect(overgrown(workOf(source), [['', '']])).toEqual([])
  })

  test('holds for reading a callback', () => {
    expect(overgrown(readCallback)).toEqual([])
  })

  test.each<{ name: string; work: (text: string) => unknown }>([
    { name: 'redacting a text', work: redactText },
    { name: 'masking a text', work: maskText },
    { name: 'reading the body of an error', work: readErrorBody },
    { name: 'scrubbing a message', work: scrubMessage },
    { name: 'reading Retry-After', work: (text) => retryAfterSeconds(text, 0) },
    {
      name: 'reading what the queue holds',
      work: (text) => sqsEvent([text], { accountName: text, receivedAt: text }).Records.map(readReceivedCallback),
    },
  ])('holds for $name', ({ work }) => {
    const frames = [
      ['', ''],
      ['<am:fault ', ''],
      ['{"errorCode":"1","errorMessage":"', '"}'],
    ] as const
    expect(overgrown(work, frames)).toEqual([])
  })
})
