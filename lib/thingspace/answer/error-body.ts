import { cutText } from '../cut-text.ts'
import { maskText } from '../mask-text.ts'
import { ApiError, GatewayFault, OAuthError, parseAnswer } from './wire.ts'

/** The origin of an error body: ThingSpace's API, its gateway, its token endpoint, or another server in between. */
export type ErrorBody = {
  origin: 'api' | 'gateway' | 'oauth' | 'unknown'
  code?: string
  message?: string
}

const longestCode = 120
const longestMessage = 300
/** Characters read of a body. The longest documented error has about 300; anything longer is an HTML page. */
const longestRead = 16_384

/** Reads any of ThingSpace's four error formats. For other bodies, the message is an excerpt of the text. */
export function readErrorBody(text: string): ErrorBody {
  const json = parseAnswer(text)
  const api = ApiError.safeParse(json)
  if (api.success) return errorBody('api', withoutServiceName(api.data.errorCode), api.data.errorMessage)
  const gateway = GatewayFault.safeParse(json)
  if (gateway.success) {
    const { code, message, description } = gateway.data.fault
    return errorBody('gateway', code, message ?? description)
  }
  const oauth = OAuthError.safeParse(json)
  if (oauth.success) return errorBody('oauth', oauth.data.error, oauth.data.error_description)
  const start = cutText(text, longestRead)
  const xmlCode = xmlElement(start, 'code')
  if (xmlCode !== undefined) {
    return errorBody('gateway', xmlCode, xmlElement(start, 'message') ?? xmlElement(start, 'description'))
  }
  return errorBody('unknown', undefined, start.replaceAll(/<[^<>]{0,1000}>/g, ' '))
}

/**
 * Removes the service name from a code. The codes are stable between releases, the names are not:
 * `UnifiedWebService.REQUEST_FAILED.DeviceNotFound` and `REQUEST_FAILED.DeviceNotFound` are one code. A GSMA code such
 * as `8.2.1` stays whole, because no service name is a number.
 */
export function withoutServiceName(code: string): string {
  const dot = code.indexOf('.')
  if (dot <= 0 || /^(\d+|[A-Z]+(_[A-Z]+)+)$/.test(code.slice(0, dot))) return code
  return code.slice(dot + 1)
}

/** Makes a message fit to be stored and shown: one short line without anything that looks like a credential. */
export function scrubMessage(message: string): string {
  const line = cutText(message.toWellFormed(), 4 * longestMessage).replaceAll(/[\p{Cc}\s]+/gu, ' ')
  const scrubbed = maskText(line)
    .replaceAll(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '[removed]')
    .trim()
  return cutText(scrubbed, longestMessage)
}

function errorBody(origin: ErrorBody['origin'], code: string | undefined, message?: string | null): ErrorBody {
  const scrubbed = scrubMessage(message ?? '')
  const scrubbedCode = cutText(scrubMessage(code ?? ''), longestCode)
  return {
    origin,
    ...(scrubbedCode === '' ? {} : { code: scrubbedCode }),
    ...(scrubbed === '' ? {} : { message: scrubbed }),
  }
}

/**
 * Reads an element such as `<am:code>404</am:code>`, with any prefix. ThingSpace's gateway answers some errors in XML.
 */
function xmlElement(text: string, name: 'code' | 'message' | 'description'): string | undefined {
  const start = text.trimStart().replace(/^<\?xml[^>]{0,200}>\s*/, '')
  if (!/^<[^<>]{0,200}\bfault\b/.test(start)) return undefined
  return new RegExp(`<(?:[\\w-]{1,40}:)?${name}>([^<]*)<`).exec(start)?.[1]
}
