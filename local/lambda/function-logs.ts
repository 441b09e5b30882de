import { AsyncLocalStorage } from 'node:async_hooks'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** The log of the functions. `run` captures what a task prints, and `note` adds a line. */
export type FunctionLogs = { run: <Value>(task: () => Value) => Value; note: (text: string) => void; close: () => void }

type Write = typeof process.stdout.write

/**
 * Redirects what functions print to a file, or with `show` to the terminal. Functions write JSON to standard output, as
 * on Lambda, but share this process, so their lines would hide those of the stack. The asynchronous context of a write
 * tells whether it comes from a function.
 */
export function captureFunctionLogs({ file, show }: { file: string; show: boolean }): FunctionLogs {
  const inFunction = new AsyncLocalStorage<true>()
  mkdirSync(dirname(file), { recursive: true })
  const descriptor = openSync(file, 'w')
  const streams = [process.stdout, process.stderr]
  const originals = streams.map((stream): Write => Reflect.get(stream, 'write'))

  const divert = (original: Write, stream: NodeJS.WriteStream): Write =>
    function write(chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean {
      if (inFunction.getStore() === undefined || show) return Reflect.apply(original, stream, [chunk, encoding, done])
      writeSync(descriptor, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
      const finished = typeof encoding === 'function' ? encoding : done
      if (typeof finished === 'function') Reflect.apply(finished, undefined, [])
      return true
    }

  streams.forEach((stream, index) => {
    const original = originals[index]
    if (original !== undefined) stream.write = divert(original, stream)
  })

  return {
    run: (task) => inFunction.run(true, task),
    note: (text) => {
      writeSync(descriptor, `${text}\n`)
    },
    close: () => {
      streams.forEach((stream, index) => {
        const original = originals[index]
        if (original !== undefined) stream.write = original
      })
      closeSync(descriptor)
    },
  }
}
