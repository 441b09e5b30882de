import { createInterface } from 'node:readline/promises'
import { printable } from './printable.ts'

/** How commands talk to the operator. The answer goes to standard output, everything else to standard error. */
export type Terminal = {
  /** Prints the answer: `lines`, or `data` as JSON if the command line has `--json`. */
  answer: (lines: readonly string[], data: unknown) => void
  note: (line: string) => void
  /** Asks a yes-or-no question. Returns false if there is no terminal to ask on. */
  confirm: (question: string) => Promise<boolean>
  /** Reports progress. On a terminal each line overwrites the previous one; otherwise lines are rate-limited. */
  progress: (line: string, isLast?: boolean) => void
  /** Whether Ctrl-C was pressed. Commands then finish the current item and start no other. */
  isStopping: () => boolean
  width: number
}

/** How often progress is printed if standard error is not a terminal. */
const progressEveryMs = 5_000

/** Opens the terminal of this process. `json` selects JSON answers, `yes` answers every question with yes. */
export function openTerminal({ json, yes }: { json: boolean; yes: boolean }): Terminal {
  const { stdin, stdout, stderr } = process
  let stopping = false
  process.on('SIGINT', () => {
    // One Ctrl-C may arrive twice: from the terminal, and forwarded by npm. So a second signal does not abort the item.
    if (!stopping) stderr.write('\nStopping after the current item.\n')
    stopping = true
  })
  let lastProgressAt = 0
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
        stderr.write(`${question} There is no terminal to ask on. Add --yes to confirm in advance.\n`)
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
      else if (isLast || Date.now() - lastProgressAt > progressEveryMs) {
        lastProgressAt = Date.now()
        stderr.write(`${line}\n`)
      }
    },
    isStopping: () => stopping,
    width: stdout.columns ?? 120,
  }
}

/** Escapes line feeds too, so that a text from outside cannot forge another line. */
const printableLine = (text: string): string => printable(text).replaceAll('\n', '\\n')

/** Wraps a terminal so that everything it prints is escaped by `printable`: stored texts may come from outside. */
export const guarded = (terminal: Terminal): Terminal => ({
  ...terminal,
  answer: (lines, data) => terminal.answer(lines.map(printableLine), data),
  note: (line) => terminal.note(printable(line)),
  confirm: (question) => terminal.confirm(printable(question)),
  progress: (line, isLast) => terminal.progress(printableLine(line), isLast),
})
