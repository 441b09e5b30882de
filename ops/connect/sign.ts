import { createHash, createHmac } from 'node:crypto'

export type AwsCredentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const keyed = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/**
 * Returns the headers of a GET request without a body, signed with AWS Signature Version 4. `now` is in milliseconds
 * since the epoch. Written here because the project has no SDK client for Lambda, and only two read-only calls need it.
 */
export function signedHeaders(
  url: URL,
  { region, service, now, ...credentials }: AwsCredentials & { region: string; service: string; now: number },
): Record<string, string> {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const date = time.slice(0, 8)
  const headers: Record<string, string> = {
    host: url.host,
    'x-amz-date': time,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  }
  const names = Object.keys(headers).toSorted()
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&')
  const canonical = [
    'GET',
    // Except for S3, the canonical path is URI-encoded once more than the path that is sent.
    url.pathname.split('/').map(encoded).join('/'),
    query,
    ...names.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    names.join(';'),
    hashOf(''),
  ].join('\n')
  const scope = `${date}/${region}/${service}/aws4_request`
  const dateKey = keyed(`AWS4${credentials.secretAccessKey}`, date)
  const key = keyed(keyed(keyed(dateKey, region), service), 'aws4_request')
  const signature = keyed(key, ['AWS4-HMAC-SHA256', time, scope, hashOf(canonical)].join('\n')).toString('hex')
  const credential = `${credentials.accessKeyId}/${scope}`
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

/** Encodes a text by RFC 3986: `encodeURIComponent` leaves `!'()*` as they are. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
