import * as z from 'zod/mini'
import { ActionName } from '../../profile/order/action-names.ts'
import { FailedStatus, type Failure, type FailureEntry } from '../../profile/failure/failure.ts'
import { longestIndexedCode } from '../../profile/failure/list-failures.ts'
import { readItem, type Item } from '../table/items.ts'
import { isoOf } from '../table/keys.ts'

const Listed = z.object({ pk: z.string(), sk: z.string(), listedAt: z.string() })
const Words = z.object({ action: ActionName, status: FailedStatus, position: z.coerce.number() })

/**
 * The sort key of a failure in the index: when, which device, and what a count needs, so that counting reads no items.
 * The code is last, because it may contain any character.
 */
export const listedFailure = ({ at, requestId, position, action, status, code = '' }: Failure): string =>
  [
    isoOf(at),
    requestId,
    String(position).padStart(5, '0'),
    action,
    status,
    code.slice(0, longestIndexedCode).toWellFormed(),
  ].join('#')

/** Reads an entry of the index. Throws `PoisonedItem` if it is not one of `listedFailure`. */
export function entryOf(item: Item): FailureEntry {
  const { pk, sk, listedAt } = readItem(Listed, item)
  const [at = '', requestId = '', place = '', action, status, ...code] = listedAt.split('#')
  const words = readItem(Words, { pk, sk, action, status, position: place })
  const text = code.join('#')
  return {
    ...words,
    requestId,
    code: text === '' ? undefined : text,
    place: `${at}#${requestId}#${place}`,
    key: { pk, sk },
  }
}
