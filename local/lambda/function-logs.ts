import { AsyncLocalStorage } from 'node:async_hooks'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** What functions print goes to a file, or beside the stack's own lines when somebody wants to see it. */
export type FunctionLogs = { run: <Value>(task: () => Value) => Value; note: (text: string) => void; close: () => void }

type Write = typeof process.stdout.write

/**
 * Functions log as on Lambda: JSON on standard output. They run in this process, so their lines would drown the few that
 * are meant for the person at the terminal. Which line is whose is known by the asynchronous context it was written in.
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
