import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { ProblemError } from './problem.ts'

/** A cursor as the caller returns it. Our longest cursors have about 200 characters. */
export const cursorText = z.string().check(z.maxLength(512))

/** The parameter `limit` of lists: rows per page. A larger limit than the largest page is capped, not refused. */
export const listLimit = z._default(z.coerce.number().check(z.int(), z.positive()), 50)
export const largestListPage = 100

const Sealed = z.object({ cursor: z.string(), of: z.string() })

const listOf = (filters: Readonly<Record<string, unknown>>): string =>
  createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 16)

/** Encodes a position as an opaque cursor. It is valid only for the same list with the same filters. */
export const sealCursor = (cursor: string, filters: Readonly<Record<string, unknown>>): string =>
  Buffer.from(JSON.stringify({ cursor, of: listOf(filters) })).toString('base64url')

/**
 * Decodes a cursor of `sealCursor`. Throws an `invalid-parameter` problem if it belongs to other filters or its
 * position does not have the list's `shape`.
 */
export function openCursor(text: string, filters: Readonly<Record<string, unknown>>, shape: RegExp): string {
  try {
    const { cursor, of } = Sealed.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
    if (of === listOf(filters) && shape.test(cursor)) return cursor
  } catch {
    // Use the same problem as below. The reason would only help to forge cursors.
  }
  throw new ProblemError('invalid-parameter', {
    detail: 'the cursor does not belong to this list',
    errors: [{ pointer: '?cursor', code: 'invalid', detail: 'start the list again without a cursor' }],
  })
}
