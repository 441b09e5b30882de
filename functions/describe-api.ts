import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConsole, type ReadBuilt } from '../lib/console/files.ts'
import type { ConsoleSettings } from '../lib/console/settings.ts'
import * as environment from '../lib/environment.ts'
import type { ApiDependencies } from '../lib/http/api-call.ts'
import { apiHandler } from '../lib/http/api-handler.ts'
import { createLog } from '../lib/log.ts'
import { createDocs, type ReadAsset } from '../lib/openapi/docs-page.ts'

export type DescribeDependencies = ApiDependencies & {
  readAsset: ReadAsset
  readBuilt: ReadBuilt
  console: ConsoleSettings
}

/** Serves the OpenAPI document with the page that shows it, and the console. It needs no other service. */
export const createHandler = ({ readAsset, readBuilt, console, log, access }: DescribeDependencies) => {
  const show = createDocs(readAsset)
  const showConsole = createConsole(readBuilt, console)
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
        case 'GET /console':
        case 'GET /console/{file}':
          return showConsole({
            file: event.pathParameters?.['file'],
            ifNoneMatch: known,
            acceptEncoding: event.headers['accept-encoding'],
          })
        default:
          throw new Error(`serverless.yml routes ${event.routeKey} to a function that does not handle it`)
      }
    },
    { log, access },
  )
}

// serverless.yml deploys these files beside the bundle.
const assets = join(import.meta.dirname, '../node_modules/swagger-ui-dist')
const built = join(import.meta.dirname, '../console/built')

const log = createLog(environment.log())

export const handler = log.metered(
  createHandler({
    readAsset: (name) => readFile(join(assets, name), 'utf8'),
    readBuilt: (name) => readFile(join(built, name)),
    console: environment.console(),
    access: environment.access(),
    log,
  }),
)
