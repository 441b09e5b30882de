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
