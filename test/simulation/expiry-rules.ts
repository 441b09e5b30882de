import type { ProfileRequest } from '../../lib/profile/request/request.ts'
import type { Item } from '../fakes/dynamodb/values.ts'
import { Violation } from './violation.ts'
import { orderOf, textIn, type Watch } from './watch.ts'

/**
 * A retry within a day of the order, and the attempts of the day after it, do not extend the retention of a request.
 */
const leastDaysKept = 32

/** I12: no item of a readable request has expired before the request. */
export function checkExpired(watch: Watch, item: Item, key: string): void {
  if (item['entity'] === 'request') return checkRequestExpired(watch, item)
  const request = belongsTo(watch, item, key)
  if (request === undefined || watch.isPast(request)) return
  throw new Violation('I12 whole', `${key} expired before request ${textIn(request, 'requestId')}, to which it belongs`)
}

/** A request is kept for a month and a few days after it was last sent. */
function checkRequestExpired(watch: Watch, item: Item): void {
  const requestId = textIn(item, 'requestId')
  const mark = orderOf(item as ProfileRequest & Item)
  const latest = Math.max(0, ...watch.acceptances.filter(({ order }) => order === mark).map(({ at }) => at))
  const days = Math.floor((watch.now - latest) / 86_400_000)
  if (days < leastDaysKept)
    throw new Violation('I12 whole', `request ${requestId} expired ${days} days after it was sent`)
}

/** The current request that a submission, a manifest part, an upstream link or a result belongs to. */
function belongsTo(watch: Watch, item: Item, key: string): Item | undefined {
  switch (item['entity']) {
    case 'submission': {
      const request = watch.requestItem(textIn(item, 'requestId'))
      return request?.['generation'] === item['generation'] ? request : undefined
    }
    case 'part': {
      const request = [...watch.items.values()].find(({ entity, pk }) => entity === 'request' && pk === item['pk'])
      return Number(request?.['createdAt']) <= (watch.storedAt.get(key) ?? 0) ? request : undefined
    }
    case 'owner':
    case 'result': {
      const link = item['entity'] === 'owner' ? item : watch.upstreamLink(textIn(item, 'upstreamRequestId'))
      const request = watch.requestItem(textIn(link, 'requestId'))
      const isItsOwn = request?.['accountName'] === item['accountName']
      return isItsOwn && Number(request?.['createdAt']) <= (watch.storedAt.get(key) ?? 0) ? request : undefined
    }
    default:
      return undefined
  }
}
