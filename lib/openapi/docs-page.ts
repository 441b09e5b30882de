import type { ApiAnswer } from '../http/api-handler.ts'
import { etagOf, isKnown } from '../http/etag.ts'
import { ProblemError } from '../http/problem.ts'
import { describeApi } from './document.ts'

/** What is served, kept once it was made. */
type File = { body: string; etag: string; headers: Readonly<Record<string, string>> }

/** Reads a file of the `swagger-ui-dist` package, which is deployed with the function. */
export type ReadAsset = (name: string) => Promise<string>

const safely = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** Nothing from elsewhere, nothing inline: the page's script is a file of its own. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Swagger UI's arrows and locks are data URLs of its style sheet.
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

// Relative addresses, so that the page works under a base path too.
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>ThingSpace Profile Gateway</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`

/**
 * Each order that is tried gets a key of its own, unless the reader has given one: two orders under one key are
 * refused.
 */
const start = `const withKey = (request) => {
  const isOrder = request.method === 'POST' && request.url.includes('/devices/profile/actions/')
  const hasKey = Object.keys(request.headers).some((name) => name.toLowerCase() === 'idempotency-key')
  if (isOrder && !hasKey) request.headers['Idempotency-Key'] = crypto.randomUUID()
  return request
}

SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor: withKey,
})
`

const script = 'text/javascript; charset=utf-8'

const fileOf = (body: string, type: string, caching: string, more: Readonly<Record<string, string>> = {}): File => ({
  body,
  etag: etagOf(body),
  headers: { 'content-type': type, 'cache-control': caching, ...safely, ...more },
})

const anew = 'no-cache'
const anHour = 'public, max-age=3600'

/** The document and its page. Each is made when it is first asked for: most starts serve one of them only. */
export function createDocs(readAsset: ReadAsset) {
  const files = new Map<string, () => Promise<File>>([
    ['openapi.json', async () => fileOf(JSON.stringify(describeApi()), 'application/json', anew)],
    [
      'docs',
      async () => fileOf(page, 'text/html; charset=utf-8', anew, { 'content-security-policy': contentSecurityPolicy }),
    ],
    ['docs/start.js', async () => fileOf(start, script, anHour)],
    ['docs/swagger-ui-bundle.js', async () => fileOf(await readAsset('swagger-ui-bundle.js'), script, anHour)],
    ['docs/swagger-ui.css', async () => fileOf(await readAsset('swagger-ui.css'), 'text/css; charset=utf-8', anHour)],
  ])
  const made = new Map<string, File>()

  return async (name: string, ifNoneMatch: string | undefined): Promise<ApiAnswer> => {
    const make = files.get(name)
    if (make === undefined) throw new ProblemError('not-found', { detail: 'the page has no such file' })
    const file = made.get(name) ?? (await make())
    made.set(name, file)
    const headers = { ...file.headers, etag: file.etag }
    return isKnown(file.etag, ifNoneMatch) ? { status: 304, headers } : { status: 200, headers, body: file.body }
  }
}
