import { historyPageExample, requestPageExample } from '../answer-examples.ts'

const card = { kind: 'iccid', id: '89148000000010000013' }
const quarantined = {
  id: 'UVVBUkFOVElORSMzLzIwMjYtMTEtMjIjWWszbk0w',
  accountName: '0000123456-00001',
  reason: 'no-verdict',
  receivedAt: '2026-11-22T09:00:04.040Z',
  lastReceivedAt: '2026-11-22T09:00:04.040Z',
  count: 1,
}

/** The search for a card that has a request and a message in quarantine. */
export const searchExample = {
  query: '8914 8000 0000 1000 0013',
  understoodAs: [card],
  requests: requestPageExample.items.slice(0, 1).map((request) => ({ ...request, matchedBy: card })),
  cards: [
    {
      ...card,
      requests: 1,
      hasMoreRequests: false,
      orphans: 0,
      quarantined: 1,
      links: { card: '/v1/cards/iccid/89148000000010000013' },
    },
  ],
  upstream: [],
  quarantined: [quarantined],
}

/** The page of the same card. */
export const cardExample = {
  card,
  open: [],
  mayHaveMoreOpen: false,
  orphans: [],
  quarantined: [{ ...quarantined, raw: '{"requestId": "d1f08526-5443-4054-9a29-4456490ea9f8", "iccid": "..."}' }],
  alsoNamed: [{ kind: 'eid', id: '89049032000000000000000000000131', source: 'order' }],
  assigned: {},
  requests: historyPageExample.items,
  nextCursor: null,
}
