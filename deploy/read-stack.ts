import { readFile } from 'node:fs/promises'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { projectRoot } from './esbuild-options.ts'

/** A position in a bundled function, as V8 prints it in a stack: `functions/sweep-due.js:1:23456`. */
const position = /[\w./-]*?([\w-]+)\.js:(\d+):(\d+)/g

/**
 * Replaces the positions of a logged stack by those of the TypeScript sources. Positions of files without a map stay as
 * they are. `readMap` gives the source map of a function by its name, or `undefined`.
 */
export async function readStack(
  stack: string,
  readMap: (name: string) => Promise<SourceMapPayload | undefined>,
): Promise<string> {
  const names = new Set([...stack.matchAll(position)].map(([, name = '']) => name))
  const maps = new Map<string, SourceMap>()
  for (const name of names) {
    const payload = await readMap(name)
    if (payload !== undefined) maps.set(name, new SourceMap(payload))
  }
  return stack.replaceAll(position, (found, name: string, line: string, column: string) => {
    // A stack counts lines and columns from 1, a source map from 0.
    const origin = maps.get(name)?.findEntry(Number(line) - 1, Number(column) - 1)
    if (origin === undefined || !('originalSource' in origin)) return found
    return `${origin.originalSource.replace(/^(\.\.\/)+/, '')}:${origin.originalLine + 1}:${origin.originalColumn + 1}`
  })
}

if (import.meta.main) {
  const folder = join(projectRoot, '.serverless', 'source-maps')
  const readMap = async (name: string): Promise<SourceMapPayload | undefined> => {
    const map = await readFile(join(folder, `${basename(name)}.js.map`), 'utf8').catch(() => undefined)
    return map === undefined ? undefined : JSON.parse(map)
  }
  process.stdout.write(await readStack(await text(process.stdin), readMap))
}
