/** ThingSpace's answers as schemas. Unknown members are allowed everywhere: the other side adds them without notice. */
import * as z from 'zod'

/** Parses JSON text; `undefined` when it is none. No answer of theirs is the bare value `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An id of theirs: opaque, but it becomes a key of ours, so it has to be short and printable. */
const OpaqueId = z.string().regex(/^[\x21-\x7e]{1,128}$/)

/** A token: goes into a header, where a control character would be a bug of theirs that breaks our call. */
const HeaderToken = z.string().regex(/^[\x21-\x7e]{1,8192}$/)

const CodeText = z.union([z.string(), z.number().transform(String)])
const Seconds = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])

export const RequestAnswer = z.looseObject({ requestId: OpaqueId })
export const TokenAnswer = z.looseObject({ access_token: HeaderToken, expires_in: Seconds.optional() })
export const SessionAnswer = z.looseObject({ sessionToken: HeaderToken })

/** Their API: `errorCode` is a dotted code or, in the Global IoT family, three digits. */
export const ApiError = z.looseObject({ errorCode: CodeText, errorMessage: z.string().nullish() })
/** Their gateway (WSO2). */
export const GatewayFault = z.looseObject({
  fault: z.looseObject({ code: CodeText, message: z.string().nullish(), description: z.string().nullish() }),
})
/** Their token endpoint. */
export const OAuthError = z.looseObject({ error: z.string(), error_description: z.string().nullish() })

const ListenerEntry = z.looseObject({
  accountName: z.string().optional(),
  serviceName: z.string(),
  url: z.string(),
  username: z.string().nullish(),
  password: z.string().nullish(),
})
export type ListenerEntry = z.infer<typeof ListenerEntry>
export const ListenerListAnswer = z.array(ListenerEntry)

const WireId = z.looseObject({ id: CodeText, kind: z.string() })
/** The pages have `subRequests` with an array of ids, the SDK `subrequests` with a single one. */
const SubRequest = z.looseObject({
  ids: z.union([z.array(WireId), WireId.transform((id) => [id])]).optional(),
  status: z.string().optional(),
})
export const RequestStatusAnswer = z.looseObject({
  requestId: OpaqueId,
  status: z.string(),
  subRequests: z.array(SubRequest).optional(),
  subrequests: z.array(SubRequest).optional(),
})
