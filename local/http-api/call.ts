import type { IncomingMessage } from 'node:http'

/** An HTTP request as API Gateway sees it, before it is anybody's event. */
export type Call = {
  requestId: string
  receivedAt: Date
  method: string
  /** Decoded, without the query: HTTP APIs hand `rawPath` over decoded. */
  path: string
  rawQueryString: string
  headers: Readonly<Record<string, string>>
  cookies: readonly string[]
  protocol: string
  sourceIp: string
  body: Buffer
}

/** A call and the parameters its route found in the path. */
export type RoutedCall = Call & { routeKey: string; pathParameters: Readonly<Record<string, string>> }

/** The path and the query of a request target. A broken percent escape leaves the path as it is. */
export function splitTarget(target: string): { path: string; rawQueryString: string } {
  const question = target.indexOf('?')
  const encoded = question === -1 ? target : target.slice(0, question)
  return { path: encoded, rawQueryString: question === -1 ? '' : target.slice(question + 1) }
}

/** Decodes a path or a part of one; what cannot be decoded stays. */
export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Header names in lower case, repeated ones joined by commas; cookies apart, as payload 2.0 has them. */
export function readHeaders(request: IncomingMessage): { headers: Record<string, string>; cookies: string[] } {
  const headers: Record<string, string> = {}
  const cookies: string[] = []
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    if (name === 'cookie') cookies.push(...values.flatMap((value) => value.split(/;\s*/)))
    else headers[name] = values.join(',')
  }
  return { headers, cookies }
}

/** Reads a body up to a limit; `undefined` above it, without keeping the rest. */
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
