/** Schemas of ThingSpace's answers. They allow unknown members, because ThingSpace adds members without notice. */
import * as z from 'zod/mini'
import { canonicalId } from '../upstream-id.ts'

/** Parses JSON text, with or without a byte order mark. Returns `undefined` if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.trim())
  } catch {
    return undefined
  }
}

/** An opaque id of ThingSpace. It becomes part of our keys, so it must be short and printable. */
const OpaqueId = z.pipe(z.string().check(z.regex(/^[\x21-\x7e]{1,128}$/)), z.transform(canonicalId))

/** A token. It goes into a header, where a control character would break our call. */
const HeaderToken = z.string().check(z.regex(/^[\x21-\x7e]{1,8192}$/))

const spellings: ReadonlyMap<string, string> = new Map(
  ['requestId', 'status', 'subRequests', 'ids', 'id', 'kind', 'errorCode', 'errorMessage'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
)
/** Levels whose members are renamed. The deepest members that the code reads are in `subRequests[].ids[]`. */
const deepestRespelt = 5

/** Parses an answer and renames known members to their documented casing. Older parts of ThingSpace use Pascal case. */
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

/** An error of ThingSpace's API. `errorCode` is a dotted code or, in the Global IoT family, three digits. */
export const ApiError = z.looseObject({
  errorCode: z.union([z.string().check(z.minLength(1)), z.pipe(z.number(), z.transform(String))]),
  errorMessage: z.nullish(z.string()),
})
/** An error of ThingSpace's gateway (WSO2). */
export const GatewayFault = z.looseObject({
  fault: z.looseObject({ code: CodeText, message: z.nullish(z.string()), description: z.nullish(z.string()) }),
})
/**
 * An error of ThingSpace's token endpoint (RFC 6749). The pattern excludes the `error` of application servers' own
 * pages.
 */
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
/** ThingSpace's pages show `subRequests` with an array of ids, its SDK shows `subrequests` with a single id. */
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
