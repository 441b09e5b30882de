/** Control characters except `\n`, format characters such as bidirectional marks, line separators and lone surrogates. */
const unprintable = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

/**
 * Escapes the characters that could control a terminal or hide text, written as in JSON (`\u001b`). Keeps line feeds and
 * the character `kept`.
 */
export const printable = (text: string, kept = ''): string =>
  text.replaceAll(unprintable, (character) => (character === kept ? character : escaped(character)))
