import type { Command } from '../command.ts'
import type { Terminal } from './terminal.ts'

/** Controls of both sets, marks that turn the direction of text, foreign line ends and halves of pairs; not `\n`. */
const unprintable = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

/** A text that a terminal can show: control characters are written as `\u001b`, as JSON does. Line ends stay. */
export const printable = (text: string, kept = ''): string =>
  text.replaceAll(unprintable, (character) => (character === kept ? character : escaped(character)))

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

export const withGuardedTerminal = (command: Command): Command => ({
  ...command,
  run: (call) => command.run({ ...call, terminal: guarded(call.terminal) }),
})
