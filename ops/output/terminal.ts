import { createInterface } from 'node:readline/promises'
import { printable } from './printable.ts'

/** The person (or script) at the other end. The answer goes to standard output, all else to standard error. */
export type Terminal = {
  /** The answer: text for people, or `data` as JSON if that was asked for. */
  answer: (lines: readonly string[], data: unknown) => void
  note: (line: string) => void
  /** Asks for a yes; without a person there it is a no. */
  confirm: (question: string) => Promise<boolean>
  /** Says how far long work is: over the line before on a terminal, else now and then. */
  progress: (line: string, isLast?: boolean) => void
  /** Whether Ctrl-C was pressed: what is at hand is finished, no more is begun. */
  isStopping: () => boolean
  width: number
}

/** How often progress is said where lines cannot be written over. */
const progressEveryMs = 5_000

export function openTerminal({ json, yes }: { json: boolean; yes: boolean }): Terminal {
  const { stdin, stdout, stderr } = process
  let stopping = false
  process.on('SIGINT', () => {
    // One Ctrl-C may arrive twice: from the terminal, and passed on by npm. It never cuts work in the middle.
    if (!stopping) stderr.write('\nStopping after what is at hand.\n')
    stopping = true
  })
  let said = 0
  return {
    answer: (lines, data) => {
      stdout.write(
        json ? `${printable(JSON.stringify(data, undefined, 2))}\n` : lines.map((line) => `${line}\n`).join(''),
      )
    },
    note: (line) => void stderr.write(`${line}\n`),
    async confirm(question) {
      if (yes) return true
      if (!stdin.isTTY || !stderr.isTTY) {
        stderr.write(`${question} Nobody is here to answer: add --yes to say so beforehand.\n`)
        return false
      }
      const reader = createInterface({ input: stdin, output: stderr })
      try {
        const answer = await Promise.race([
          reader.question(`${question} [y/N] `),
          new Promise<string>((resolve) => reader.once('SIGINT', () => resolve(''))),
        ])
        return /^y(es)?$/i.test(answer.trim())
      } finally {
        reader.close()
      }
    },
    progress(line, isLast = false) {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${line}${isLast ? '\n' : ''}`)
      else if (isLast || Date.now() - said > progressEveryMs) {
        said = Date.now()
        stderr.write(`${line}\n`)
      }
    },
    isStopping: () => stopping,
    width: stdout.columns ?? 120,
  }
}

/** One line: what came from outside cannot begin another. */
const printableLine = (text: string): string => printable(text).replaceAll('\n', '\\n')

/** A terminal to which texts from outside can do nothing. */
export const guarded = (terminal: Terminal): Terminal => ({
  ...terminal,
  answer: (lines, data) => terminal.answer(lines.map(printableLine), data),
  note: (line) => terminal.note(printable(line)),
  confirm: (question) => terminal.confirm(printable(question)),
  progress: (line, isLast) => terminal.progress(printableLine(line), isLast),
})
