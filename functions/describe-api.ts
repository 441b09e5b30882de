import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDocs, type ReadAsset } from '../lib/openapi/docs-page.ts'
import * as environment from '../lib/environment.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { createLog } from '../lib/log.ts'
import type { Log } from '../lib/profile/ports.ts'

export type DescribeDependencies = { readAsset: ReadAsset; log: Log }

/** Serves the OpenAPI document and the page that shows it. It needs no other service. */
export const createHandler = ({ readAsset, log }: DescribeDependencies) => {
  const show = createDocs(readAsset)
  return apiHandler(
    async ({ event }) => {
      const known = event.headers['if-none-match']
      switch (event.routeKey) {
        case 'GET /openapi.json':
          return show('openapi.json', known)
        case 'GET /docs':
          return show('docs', known)
        case 'GET /docs/{file}':
          return show(`docs/${event.pathParameters?.['file'] ?? ''}`, known)
        default:
          throw new Error(`serverless.yml routes ${event.routeKey} to a function that does not handle it`)
      }
    },
    { log },
  )
}

// serverless.yml deploys the files of swagger-ui-dist beside the bundle.
const assets = join(import.meta.dirname, '../node_modules/swagger-ui-dist')

const log = createLog(environment.log())

export const handler = log.metered(createHandler({ readAsset: (name) => readFile(join(assets, name), 'utf8'), log }))
