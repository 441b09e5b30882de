import type { IncomingMessage } from 'node:http'

/** An HTTP request as API Gateway receives it, before it becomes a function's event or a queue message. */
export type Call = {
  requestId: string
  receivedAt: Date
  method: string
  /** Decoded, without the query string. HTTP APIs pass `rawPath` to functions decoded. */
  path: string
  rawQueryString: string
  headers: Readonly<Record<string, string>>
  cookies: readonly string[]
  protocol: string
  sourceIp: string
  body: Buffer
}

/** A call with its route key and the parameters that the route found in the path. */
export type RoutedCall = Call & { routeKey: string; pathParameters: Readonly<Record<string, string>> }

/** Splits a request target into its path, still encoded, and its query string. */
export function splitTarget(target: string): { path: string; rawQueryString: string } {
  const question = target.indexOf('?')
  const encoded = question === -1 ? target : target.slice(0, question)
  return { path: encoded, rawQueryString: question === -1 ? '' : target.slice(question + 1) }
}

/** Decodes a path or a segment of one. Returns it unchanged if its percent-encoding is invalid. */
export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Reads headers as payload format 2.0 has them: lower-case names, repeated headers joined by commas, cookies apart. */
export function readHeaders(request: IncomingMessage): { headers: Record<string, string>; cookies: string[] } {
  const headers: Record<string, string> = {}
  const cookies: string[] = []
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    if (name === 'cookie') cookies.push(...values.flatMap((value) => value.split(/;\s*/)))
    else headers[name] = values.join(',')
  }
  return { headers, cookies }
}

/** Reads a request body. Returns undefined if it is larger than the limit, without holding it in memory. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.from(chunk)
    size += bytes.length
    if (size <= limitBytes) chunks.push(bytes)
    else chunks.length = 0
  }
  return size > limitBytes ? undefined : Buffer.concat(chunks)
}
