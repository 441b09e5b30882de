/** ThingSpace's answers as schemas. Unknown members are allowed everywhere: the other side adds them without notice. */
import * as z from 'zod/mini'
import { canonicalId } from '../upstream-id.ts'

/** Parses JSON text, a byte order mark before it or not; `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.trim())
  } catch {
    return undefined
  }
}

/** An id of theirs: opaque, but it becomes a key of ours, so it has to be short and printable. */
const OpaqueId = z.pipe(z.string().check(z.regex(/^[\x21-\x7e]{1,128}$/)), z.transform(canonicalId))

/** A token: goes into a header, where a control character would be a bug of theirs that breaks our call. */
const HeaderToken = z.string().check(z.regex(/^[\x21-\x7e]{1,8192}$/))

const spellings: ReadonlyMap<string, string> = new Map(
  ['requestId', 'status', 'subRequests', 'ids', 'id', 'kind', 'errorCode', 'errorMessage'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
)
/** `subRequests`, `ids`, and their arrays: nothing that is read of an answer lies deeper. */
const deepestRespelt = 5

/** The same for an answer whose members may come in another casing: older parts of the platform write Pascal case. */
export const parseAnswer = (text: string): unknown => respelt(parseJson(text), deepestRespelt)

function respelt(json: unknown, levels: number): unknown {
  if (typeof json !== 'object' || json === null || levels === 0) return json
  if (Array.isArray(json)) return json.map((element: unknown) => respelt(element, levels - 1))
  return Object.fromEntries(
    Object.entries(json).map(([name, value]): [string, unknown] => [
      spellings.get(name.toLowerCase()) ?? name,
      respelt(value, levels - 1),
    ]),
  )
}

const CodeText = z.union([z.string(), z.pipe(z.number(), z.transform(String))])
const Seconds = z.union([z.number(), z.pipe(z.string().check(z.regex(/^\d+$/)), z.transform(Number))])

export const RequestAnswer = z.looseObject({ requestId: OpaqueId })
export const TokenAnswer = z.looseObject({ access_token: HeaderToken, expires_in: z.optional(Seconds) })
export const SessionAnswer = z.looseObject({ sessionToken: HeaderToken })

/** Their API: `errorCode` is a dotted code or, in the Global IoT family, three digits. */
export const ApiError = z.looseObject({
  errorCode: z.union([z.string().check(z.minLength(1)), z.pipe(z.number(), z.transform(String))]),
  errorMessage: z.nullish(z.string()),
})
/** Their gateway (WSO2). */
export const GatewayFault = z.looseObject({
  fault: z.looseObject({ code: CodeText, message: z.nullish(z.string()), description: z.nullish(z.string()) }),
})
/** Their token endpoint. Its errors are words of RFC 6749; application servers have pages with an `error` of their own. */
export const OAuthError = z.looseObject({
  error: z.string().check(z.regex(/^[a-z_]{3,40}$/)),
  error_description: z.nullish(z.string()),
})

const ListenerEntry = z.looseObject({
  accountName: z.optional(z.string()),
  serviceName: z.string(),
  url: z.string(),
  username: z.nullish(z.string()),
  password: z.nullish(z.string()),
})
export type ListenerEntry = z.infer<typeof ListenerEntry>
export const ListenerListAnswer = z.array(ListenerEntry)

const WireId = z.looseObject({ id: CodeText, kind: z.string() })
/** The pages have `subRequests` with an array of ids, the SDK `subrequests` with a single one. */
const SubRequest = z.looseObject({
  ids: z.optional(
    z.union([
      z.array(WireId),
      z.pipe(
        WireId,
        z.transform((id) => [id]),
      ),
    ]),
  ),
  status: z.optional(z.string()),
})
export const RequestStatusAnswer = z.looseObject({
  requestId: OpaqueId,
  status: z.string(),
  subRequests: z.nullish(z.array(SubRequest)),
})
