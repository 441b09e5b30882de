import { inParallel } from '../../parallel.ts'
import { lookUpKeys } from '../order/identifiers.ts'
import type { DeviceLink, DeviceStore } from '../request/device-link.ts'
import type { ProfileRequest } from '../request/request.ts'
import type { RequestStore } from '../request/request-store.ts'
import type { Orphan } from '../request/result-store.ts'
import type { Result } from '../request/result.ts'
import type { SubmissionStore } from '../request/submission-store.ts'
import type { Submission } from '../request/submission.ts'

/** A submission that an orphan may belong to, and its request. */
export type Candidate = { submission: Submission; request: ProfileRequest }

/** A position in a request. Its submission is checked even if the device links do not lead to it. */
export type Place = Pick<DeviceLink, 'requestId' | 'generation' | 'position'>

/** Maximum number of requests checked per identifier, newest first. If there are more, no submission is certain. */
const requestsRead = 100
/** Links in one page, and pages per identifier. An order for many profiles of one card has a link for each of them. */
const linksAtOnce = 100
const mostPages = 20
/** Maximum number of identifiers looked up. One device is enough to find a bulk submission. */
const identifiersRead = 40

/**
 * Finds submissions of the account through the device links of the identifiers that the results name. `isCut` if there
 * are more links than are read.
 */
export async function candidatesOf(
  { accountName }: Orphan,
  { results, also }: { results: readonly Result[]; also?: Place | undefined },
  store: Pick<DeviceStore, 'listLinks'> & Pick<SubmissionStore, 'listSubmissions'> & Pick<RequestStore, 'getRequest'>,
): Promise<{ candidates: Candidate[]; isCut: boolean }> {
  const named = new Set(results.flatMap(({ identifiers }) => lookUpKeys(identifiers)))
  const links: Place[] = also === undefined ? [] : [also]
  let isCut = false
  await inParallel([...named].slice(0, identifiersRead), async (identifier) => {
    const found = await linksOf(identifier, accountName, store)
    links.push(...found.links)
    isCut ||= found.isCut
  })
  const byRequest = Map.groupBy(links, ({ requestId, generation }) => `${requestId}/${generation}`)
  const candidates: Candidate[] = []
  await inParallel([...byRequest.values()], async (places) => {
    const [{ requestId, generation } = { requestId: '', generation: '' }] = places
    const request = await store.getRequest(requestId)
    if (request === undefined || request.generation !== generation) return
    const positions = places.map(({ position }) => position)
    const from = Math.min(...positions)
    for (const submission of await store.listSubmissions(request, { from, count: Math.max(...positions) - from + 1 })) {
      const { firstDevice, deviceCount } = submission
      if (positions.some((each) => each >= firstDevice && each < firstDevice + deviceCount))
        candidates.push({ submission, request })
    }
  })
  return { candidates, isCut }
}

/** The links of an identifier to the newest requests of one account. `isCut` if there are more. */
async function linksOf(
  identifier: string,
  accountName: string,
  store: Pick<DeviceStore, 'listLinks'>,
): Promise<{ links: DeviceLink[]; isCut: boolean }> {
  const links: DeviceLink[] = []
  const requests = new Set<string>()
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const found = await store.listLinks(identifier, {
      limit: linksAtOnce,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const link of found.rows) {
      if (link.accountName !== accountName) continue
      requests.add(`${link.requestId}/${link.generation}`)
      if (requests.size > requestsRead) return { links, isCut: true }
      links.push(link)
    }
    cursor = found.cursor
    if (cursor === undefined) return { links, isCut: false }
  }
  return { links, isCut: true }
}
