import * as z from 'zod/mini'
import type { ApiAnswer } from '../http/api-call.ts'
import { etagOf, isKnown } from '../http/etag.ts'
import { ProblemError } from '../http/problem.ts'
import { consolePage, contentSecurityPolicy } from './page.ts'
import { type ConsoleSettings, publicSettings } from './settings.ts'

/** Reads a file of the built console, which is deployed beside the function. */
export type ReadBuilt = (name: string) => Promise<Uint8Array>

/** What the build writes (deploy/build-console.ts): the entry points, and every file that may be served. */
const Manifest = z.object({ script: z.string(), style: z.string(), files: z.array(z.string()) })

export type ConsoleCall = {
  file: string | undefined
  ifNoneMatch: string | undefined
  acceptEncoding: string | undefined
}

const safely = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** The names of built files contain a hash of their content, so that a browser may keep them for ever. */
const forEver = { ...safely, 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' }

const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' } as const

function typeOf(name: string): string {
  return name.endsWith('.css') ? types.css : types.js
}

/** Serves the console: its page, its settings and its built files. Throws a `not-found` problem for anything else. */
export function createConsole(readBuilt: ReadBuilt, settings: ConsoleSettings) {
  let manifest: Promise<z.infer<typeof Manifest>> | undefined
  const readManifest = async () => {
    try {
      return Manifest.parse(JSON.parse(new TextDecoder().decode(await readBuilt('manifest.json'))))
    } catch {
      manifest = undefined
      throw new ProblemError('not-found', { detail: 'the console is not part of this deployment' })
    }
  }

  const answerText = (body: string, headers: Record<string, string>, known: string | undefined): ApiAnswer => {
    const tagged = { ...safely, 'cache-control': 'no-cache', etag: etagOf(body), ...headers }
    return isKnown(tagged.etag, known) ? { status: 304, headers: tagged } : { status: 200, headers: tagged, body }
  }

  const answerBuilt = async (name: string, acceptEncoding: string): Promise<ApiAnswer> => {
    const headers = { ...forEver, 'content-type': typeOf(name) }
    if (/\bbr\b/.test(acceptEncoding))
      return { status: 200, headers: { ...headers, 'content-encoding': 'br' }, body: await readBuilt(`${name}.br`) }
    if (/\bgzip\b/.test(acceptEncoding))
      return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: await readBuilt(`${name}.gz`) }
    return { status: 200, headers, body: new TextDecoder().decode(await readBuilt(name)) }
  }

  return async ({ file, ifNoneMatch, acceptEncoding }: ConsoleCall): Promise<ApiAnswer> => {
    if (file === 'config.json') return answerText(JSON.stringify(publicSettings(settings)), {}, ifNoneMatch)
    manifest ??= readManifest()
    const built = await manifest
    if (file === undefined) {
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': contentSecurityPolicy(settings),
      }
      return answerText(consolePage(built), headers, ifNoneMatch)
    }
    if (!built.files.includes(file)) throw new ProblemError('not-found', { detail: 'there is no such file' })
    return answerBuilt(file, acceptEncoding ?? '')
  }
}
