import { readCallback } from '../../../lib/thingspace/callback/read-callback.ts'
import type { Evidence, Violation } from '../evidence.ts'

/**
 * No callback that was answered 2xx is lost: each is the result of its device, evidence beside it, or in quarantine.
 */
export function checkCallbacks({ callbacks, table }: Evidence): Violation[] {
  const aside = new Set(table.quarantine.map(({ raw }) => raw))
  return callbacks.flatMap(({ requestId, attempts }) => {
    const bodies = new Set(
      attempts.flatMap(({ answer, body }) =>
        answer !== undefined && 'status' in answer && answer.status >= 200 && answer.status < 300 ? [body] : [],
      ),
    )
    return [...bodies].flatMap((body): Violation[] => {
      const reading = readCallback(body)
      const kept =
        reading.kind === 'understood'
          ? (table.results.get(requestId) ?? []).some(({ digests }) => digests.has(reading.callback.digest)) ||
            aside.has(reading.callback.raw)
          : aside.has(reading.redacted)
      const what = `a callback of ${requestId} was answered 2xx and is neither a result nor in quarantine`
      return kept ? [] : [{ invariant: 'nothing lost', what, ids: [requestId] }]
    })
  })
}
