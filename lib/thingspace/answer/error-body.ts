import { cutText } from '../cut-text.ts'
import { maskText } from '../mask-text.ts'
import { ApiError, GatewayFault, OAuthError, parseAnswer } from './wire.ts'

/** Who wrote an error body: their API, the gateway in front of it, the token endpoint, or somebody unknown. */
export type ErrorBody = {
  origin: 'api' | 'gateway' | 'oauth' | 'unknown'
  code?: string
  message?: string
}

const longestCode = 120
const longestMessage = 300
/** Their longest documented error has some 300 characters. Of a longer body the rest is a page that nobody reads. */
const longestRead = 16_384

/** Reads any of their four error formats. What is in none of them gives an excerpt of its text as the message. */
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
 * A code without the name of the service in front: codes are stable from release to release, the name is not.
 * `UnifiedWebService.REQUEST_FAILED.DeviceNotFound` and `REQUEST_FAILED.DeviceNotFound` are one code. No service's name is a
 * number: a GSMA code such as `8.2.1` is whole.
 */
export function withoutServiceName(code: string): string {
  const dot = code.indexOf('.')
  if (dot <= 0 || /^(\d+|[A-Z]+(_[A-Z]+)+)$/.test(code.slice(0, dot))) return code
  return code.slice(dot + 1)
}

/** A message fit to be stored and shown: one line, short, and without anything that looks like a credential. */
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

/** `<am:code>404</am:code>`, whatever the prefix: their gateway answers some errors in XML. */
function xmlElement(text: string, name: 'code' | 'message' | 'description'): string | undefined {
  const start = text.trimStart().replace(/^<\?xml[^>]{0,200}>\s*/, '')
  if (!/^<[^<>]{0,200}\bfault\b/.test(start)) return undefined
  return new RegExp(`<(?:[\\w-]{1,40}:)?${name}>([^<]*)<`).exec(start)?.[1]
}
