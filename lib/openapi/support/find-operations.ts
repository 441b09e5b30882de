import * as z from 'zod'
import type { ZodOpenApiPathsObject } from 'zod-openapi'
import { CardQuery } from '../../http/support/show-card.ts'
import { SearchQuery } from '../../http/support/show-search.ts'
import { ActionName } from '../../profile/order/action-names.ts'
import { IdentifierKind } from '../../profile/order/identifiers.ts'
import { RequestStatus } from '../../profile/request/states.ts'
import { Verdict } from '../../profile/request/callback.ts'
import { count, Identifier, instant, ListedRequest, nextCursor } from '../answers.ts'
import { DeviceAnswer } from '../device-answers.ts'
import { always } from '../headers.ts'
import { withWords } from '../parameters.ts'
import { cursor, reading } from '../reading-operations.ts'
import { cardExample, searchExample } from './find-examples.ts'

const Meaning = z
  .object({ kind: z.enum([...IdentifierKind.options, 'request', 'upstream']), id: z.string() })
  .meta({ id: 'SearchMeaning', description: 'One thing that the search text may mean.' })

const Quarantined = z
  .object({
    id: z.string(),
    accountName: z.string(),
    reason: z.string().meta({ description: 'Why the message was not recorded as a result.' }),
    receivedAt: instant,
    lastReceivedAt: instant,
    count: count.meta({ description: 'Number of equal messages.' }),
  })
  .meta({ id: 'QuarantinedMention', description: 'A message in quarantine that seems to name what was searched.' })

const SearchAnswer = z
  .object({
    query: z.string(),
    understoodAs: z.array(Meaning),
    requests: z
      .array(z.object({ ...ListedRequest.shape, matchedBy: Meaning }))
      .meta({ description: 'At most ten for each meaning.' }),
    cards: z.array(
      z.object({
        ...Identifier.shape,
        requests: count,
        hasMoreRequests: z.boolean(),
        orphans: count,
        quarantined: count,
        links: z.object({ card: z.string() }),
      }),
    ),
    upstream: z.array(
      z.object({
        upstreamRequestId: z.string(),
        accountName: z.string(),
        requestId: z.string().optional(),
        orphan: z.boolean().meta({ description: 'Callbacks arrived, but no request is known to have this id.' }),
      }),
    ),
    quarantined: z.array(Quarantined),
  })
  .meta({ id: 'SearchAnswer' })

const CardAnswer = z
  .object({
    card: Identifier,
    open: z
      .array(
        z.object({
          requestId: z.string(),
          accountName: z.string(),
          action: ActionName,
          createdAt: instant,
          requestStatus: RequestStatus,
          position: count,
          status: z.enum(['pending', 'warning']),
        }),
      )
      .optional()
      .meta({ description: 'Requests in which the card has no final state, oldest first. First page only.' }),
    mayHaveMoreOpen: z
      .boolean()
      .optional()
      .meta({ description: 'True if the card has more than 100 requests: `open` covers the newest 100.' }),
    orphans: z
      .array(
        z.object({
          upstreamRequestId: z.string(),
          accountName: z.string(),
          firstReceivedAt: instant,
          results: z.array(
            z.object({ verdict: Verdict, identifiers: z.array(Identifier), receivedAt: instant, raw: z.string() }),
          ),
        }),
      )
      .optional()
      .meta({ description: 'Callbacks about the card that belong to no request, oldest first. First page only.' }),
    quarantined: z
      .array(z.object({ ...Quarantined.shape, raw: z.string() }))
      .optional()
      .meta({ description: 'Messages in quarantine that seem to name the card. First page only.' }),
    alsoNamed: z.array(z.object({ ...Identifier.shape, source: z.enum(['order', 'result']) })).meta({
      description: 'Other identifiers of the same device, as the requests of this page name them.',
    }),
    assigned: z.record(z.string(), z.string()).meta({
      description: 'What ThingSpace assigned to the line, by the newest result of this page.',
    }),
    requests: z
      .array(z.object({ request: ListedRequest, device: DeviceAnswer.nullable() }))
      .meta({ description: 'Every request that named the card, newest first, with the state of its device.' }),
    nextCursor,
  })
  .meta({ id: 'Card' })

/** The routes that find what is known about a text or a card. */
export const findPaths: ZodOpenApiPathsObject = {
  '/v1/search': {
    get: reading(['invalid-parameter'], {
      operationId: 'search',
      summary: 'Find requests, cards, upstream request ids and quarantined messages',
      description:
        'Takes a request id, an upstream request id, or any identifier of a device, in any usual spelling, optionally with its kind in front.',
      requestParams: {
        query: withWords(SearchQuery, {
          q: 'What to find, 4 to 200 characters.',
          accountName: 'Search in this account only. Required if the token allows more than 50 accounts.',
        }),
      },
      responses: {
        '200': {
          description: 'Everything that the text may mean, and what was found. Lists are empty if nothing was found.',
          headers: z.object(always),
          content: { 'application/json': { schema: SearchAnswer, examples: { found: { value: searchExample } } } },
        },
      },
    }),
  },
  '/v1/cards/{kind}/{id}': {
    get: reading(['invalid-parameter'], {
      operationId: 'showCard',
      summary: 'Get everything that ever named a card',
      requestParams: {
        path: z.object({
          kind: IdentifierKind,
          id: z.string().min(1).meta({ description: 'The identifier in any usual spelling.' }),
        }),
        query: withWords(CardQuery, { limit: 'Requests per page: 20 by default, at most 100.', cursor }),
      },
      responses: {
        '200': {
          description: 'What is open and in doubt, and a page of the requests.',
          headers: z.object(always),
          content: { 'application/json': { schema: CardAnswer, examples: { card: { value: cardExample } } } },
        },
      },
    }),
  },
}
