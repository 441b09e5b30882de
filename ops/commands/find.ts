import * as z from 'zod'
import { cardFacts } from '../../lib/profile/support/find/card.ts'
import { requestOfLink } from '../../lib/profile/support/find/request-of-link.ts'
import { ownLinks } from '../../lib/profile/support/find/own-links.ts'
import { type Found, type Reader, search } from '../../lib/profile/support/find/search.ts'
import { type Understanding, understandQuery } from '../../lib/profile/support/find/understand-query.ts'
import type { Call, Command } from '../command.ts'
import { readOptions } from '../options/read-options.ts'
import { UsageError } from '../outcome.ts'
import { cardData, cardLines, foundData, foundLines, maskedMeaning } from '../output/found-lines.ts'

const Options = z.object({ account: z.string().optional() })

const help = `npm run ops -- find <text> [--account <accountName>]

Finds a request id, an upstream request id (in the served accounts), or a card by its EID, ICCID, IMEI, MDN or any other
identifier, in any usual spelling: grouped, with or without its check digit, with +1, with its kind in front. For a card
it also shows its page: what is open, orphans, messages in quarantine, and its newest requests with the card's state.

  --account <accountName>  search in this account only`

/** Requests of a card that are shown. The API lists them all. */
const requestsShown = 20

export const find: Command = {
  name: 'find',
  summary: 'find a request or a card by anything: ids, EID, ICCID, IMEI, MDN ...',
  help,
  options: { account: { type: 'string' } },
  async run(call) {
    const { gateway, terminal, words } = call
    if (words.length === 0) throw new UsageError('the text to find is missing')
    const { account } = readOptions(Options, call.options)
    const text = words.join(' ')
    const reader: Reader = {
      mayUse: (accountName) => account === undefined || accountName === account,
      accounts: account === undefined ? gateway.accounts() : [account],
    }
    const meanings = understandQuery(text)
    const found = await search(meanings, reader, { store: gateway.store() })
    const pages = await Promise.all(found.cards.map(({ card }) => pageOf(card, reader, call)))
    if (isNothing(found)) {
      terminal.note(`Nothing is known about this${meaningsText(meanings)}.`)
      return 'nothing'
    }
    terminal.answer([...foundLines(found, call), ...pages.flatMap((page) => cardLines(page, call))], {
      understoodAs: meanings.map((meaning) => maskedMeaning(meaning, call.full)),
      ...foundData(found, call.full),
      cardPages: pages.map((page) => cardData(page, call.full)),
    })
    return 'done'
  },
}

const isNothing = ({ requests, cards, upstream, quarantined }: Found): boolean =>
  requests.length + cards.length + upstream.length + quarantined.length === 0

const meaningsText = (meanings: readonly Understanding[]): string =>
  meanings.length === 0
    ? ', which is no id and no identifier'
    : ` as ${meanings.map(({ kind }) => (kind === 'request' || kind === 'upstream' ? `${kind} id` : kind.toUpperCase())).join(' or ')}`

async function pageOf(card: Found['cards'][number]['card'], reader: Reader, { gateway }: Call) {
  const dependencies = { store: gateway.store(), clock: gateway.clock, settings: gateway.settings() }
  const facts = await cardFacts(card, reader, dependencies)
  const links = await ownLinks(card, { limit: requestsShown }, { mayUse: reader.mayUse, store: gateway.store() })
  const requests = []
  for (const link of links.rows) {
    const request = await requestOfLink(link, dependencies)
    if (request !== undefined) requests.push(request)
  }
  return { card, facts, requests, hasMore: links.cursor !== undefined }
}
