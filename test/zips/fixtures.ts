import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { root } from '../template/template.ts'

/** A recorded event, and the AWS page that documents its shape. */
const Fixture = z.strictObject({ source: z.string().regex(/^https:\/\/docs\.aws\.amazon\.com\//), event: z.unknown() })

/**
 * An event of test/fixtures/aws. A text `{{name}}` becomes the value of that name, of any type. A member
 * without a value is omitted, as AWS omits it.
 */
export async function recordedEvent(name: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const text = await readFile(join(root, 'test/fixtures/aws', `${name}.json`), 'utf8')
  return filled(Fixture.parse(JSON.parse(text)).event, values)
}

function filled(part: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof part === 'string') {
    const whole = /^\{\{(\w+)\}\}$/.exec(part)?.[1]
    return whole === undefined ? part : values[whole]
  }
  if (Array.isArray(part)) return part.map((each) => filled(each, values))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, filled(each, values)]))
}
