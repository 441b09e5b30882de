import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { ProblemError } from './problem.ts'

/** A cursor as callers send it back. The longest of ours has about 200 characters. */
export const cursorText = z.string().check(z.maxLength(512))

const Sealed = z.object({ cursor: z.string(), of: z.string() })

const listOf = (filters: Readonly<Record<string, unknown>>): string =>
  createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 16)

/** A cursor for the outside: opaque, and good only for the list (and its filters) that it continues. */
export const sealCursor = (cursor: string, filters: Readonly<Record<string, unknown>>): string =>
  Buffer.from(JSON.stringify({ cursor, of: listOf(filters) })).toString('base64url')

/**
 * What `sealCursor` sealed. A cursor that belongs to other filters, or whose position is not of the list's shape, is
 * refused.
 */
export function openCursor(text: string, filters: Readonly<Record<string, unknown>>, shape: RegExp): string {
  try {
    const { cursor, of } = Sealed.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
    if (of === listOf(filters) && shape.test(cursor)) return cursor
  } catch {
    // Falls through to the one refusal below: why a cursor is unreadable helps nobody but a forger.
  }
  throw new ProblemError('invalid-parameter', {
    detail: 'the cursor does not belong to this list',
    errors: [{ pointer: '?cursor', code: 'invalid', detail: 'start the list again without a cursor' }],
  })
}
