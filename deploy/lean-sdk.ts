import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'
import * as z from 'zod'

/** Each AWS client imports its whole package.json, and reads only the version, for the user agent. */
const clientVersions: Plugin = {
  name: 'client-versions',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]package\.json$/ }, async ({ path }) => {
      const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(path, 'utf8')))
      return { loader: 'json', contents: JSON.stringify({ version }) }
    })
  },
}

/** The SDK's own SHA-256 is for a Node without `node:crypto`. The runtime has it. */
const nodeCrypto: Plugin = {
  name: 'node-crypto',
  setup(build) {
    build.onLoad({ filter: /@smithy[/\\]core[/\\]dist-es[/\\].*[/\\]Sha256Js\.js$/ }, () => ({
      loader: 'js',
      contents: `export class Sha256Js { constructor() { throw new Error('node:crypto has no SHA-256.') } }`,
    }))
  },
}

/** Errors of DynamoDB about backups, tables, exports and imports. No operation that a function calls can answer with one. */
export const errorsOfTables =
  /^(?:(?:Backup|ContinuousBackups|Export|GlobalTable|Import|Index|InvalidExport|InvalidRestore|PointInTime|Policy|ReplicaAlready|ReplicaNot|ResourceInUse|Table)\w*Exception|(?:DuplicateItem|LimitExceeded)Exception)$/

/**
 * A client registers each error with its class, so that none is left out of a bundle as unused. If an unregistered
 * error came, it would still have its name, message and status.
 */
const withoutErrorsOfTables = (text: string): string =>
  text.replaceAll(/^\w+\.registerError\(\w+\$, (\w+)\);$/gm, (line, name: string) =>
    errorsOfTables.test(name) ? '' : line,
  )

/**
 * Writes `{ error: 1 }` for `const _e = "error"` and `{ [_e]: 1 }`. esbuild leaves out an unused object only if none of
 * its names is computed.
 */
function withPlainNames(text: string): string {
  const names = new Map(
    [...text.matchAll(/^const (\w+) = ("[^"]*");$/gm)].map(([, constant = '', name]) => [constant, name]),
  )
  return text.replaceAll(/\[(_\w+)\]:/g, (computed, constant: string) => {
    const name = names.get(constant)
    return name === undefined ? computed : `${name}:`
  })
}

/** Leaves out the descriptions of operations that no function calls. */
const usedSchemas: Plugin = {
  name: 'used-schemas',
  setup(build) {
    const filter = /@aws-sdk[/\\]client-[^/\\]+[/\\]dist-es[/\\]schemas[/\\]schemas_0\.js$/
    build.onLoad({ filter }, async ({ path }) => {
      const text = withPlainNames(await readFile(path, 'utf8'))
      return { loader: 'js', contents: /client-dynamodb[/\\]dist-es/.test(path) ? withoutErrorsOfTables(text) : text }
    })
  },
}

/**
 * Leaves out of each bundle what the SDK carries and no function uses. If a new version of the SDK has another form, a
 * part stays in, and the limits of the bundles' sizes show it.
 */
export default [clientVersions, nodeCrypto, usedSchemas]
