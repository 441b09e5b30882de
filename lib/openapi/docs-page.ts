import type { ApiAnswer } from '../http/api-call.ts'
import { etagOf, isKnown } from '../http/etag.ts'
import { ProblemError } from '../http/problem.ts'
import { describeApi } from './document.ts'

/** A file that is served. */
type File = { body: string; etag: string; headers: Readonly<Record<string, string>> }

/** Reads a file of the `swagger-ui-dist` package, which is deployed beside the function. */
export type ReadAsset = (name: string) => Promise<string>

const safely = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** Allows only files of this origin and no inline scripts, so the page's script is a file of its own. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Swagger UI's style sheet has its icons as data URLs.
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

// URLs are relative, so that the page also works under a base path.
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
 * Starts Swagger UI. Each order gets a new Idempotency-Key unless the reader sets one, because a reused key is refused.
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

const script = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=3600' }
const styleSheet = { ...script, 'content-type': 'text/css; charset=utf-8' }
const document = { 'content-type': 'application/json', 'cache-control': 'no-cache' }
const html = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'content-security-policy': contentSecurityPolicy,
}

const fileOf = (body: string, headers: Readonly<Record<string, string>>): File => ({
  body,
  etag: etagOf(body),
  headers: { ...safely, ...headers },
})

/**
 * Serves the OpenAPI document and its page. Builds each file when it is first requested, because most containers serve
 * only one. Throws a `not-found` problem for other files. Answers 304 if `ifNoneMatch` has the file's ETag.
 */
export function createDocs(readAsset: ReadAsset) {
  const files = new Map<string, () => Promise<File>>([
    ['openapi.json', async () => fileOf(JSON.stringify(describeApi()), document)],
    ['docs', async () => fileOf(page, html)],
    ['docs/start.js', async () => fileOf(start, script)],
    ['docs/swagger-ui-bundle.js', async () => fileOf(await readAsset('swagger-ui-bundle.js'), script)],
    ['docs/swagger-ui.css', async () => fileOf(await readAsset('swagger-ui.css'), styleSheet)],
  ])
  const made = new Map<string, File>()

  return async (name: string, ifNoneMatch: string | undefined): Promise<ApiAnswer> => {
    const make = files.get(name)
    if (make === undefined) throw new ProblemError('not-found', { detail: 'there is no such file' })
    const file = made.get(name) ?? (await make())
    made.set(name, file)
    const headers = { ...file.headers, etag: file.etag }
    return isKnown(file.etag, ifNoneMatch) ? { status: 304, headers } : { status: 200, headers, body: file.body }
  }
}
