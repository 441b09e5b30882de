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
    const origin = maps.get(name)?.findOrigin(Number(line), Number(column))
    if (origin === undefined || !('fileName' in origin)) return found
    return `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`
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
