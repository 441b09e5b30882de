import { type Findings, step } from '../profile/order/body-faults.ts'

/**
 * An open object or array: the names of the object's members so far (`undefined` for an array), and the current place.
 */
type Open = { names: Set<string> | undefined; at: string | number }

/**
 * Finds what `JSON.parse` silently loses: the first of two members of one name, which another reader may use, and
 * numbers that change their value. The text must be valid JSON. Pointers are JSON pointers (RFC 6901).
 */
export function findLosses(text: string, faults: Findings): void {
  const open: Open[] = []
  const report = (code: string, detail: string) => {
    // A pointer can be as long as the text, so write it only if it will be reported.
    const isReported = faults.count === faults.list.length
    faults.add(isReported ? open.map(({ at }) => step(at)).join('') : '', code, detail)
  }
  let string = ''
  for (let index = 0; index < text.length; index += 1) {
    const start = index
    const inner = open.at(-1)
    switch (text[index]) {
      case '"':
        while (text[(index += 1)] !== '"') if (text[index] === '\\') index += 1
        string = text.slice(start, index + 1)
        break
      case ':': {
        if (inner?.names === undefined) break
        const name: string = string.includes('\\') ? String(JSON.parse(string)) : string.slice(1, -1)
        inner.at = name
        if (inner.names.has(name)) report('named-twice', 'the object has two members of this name')
        inner.names.add(name)
        break
      }
      case ',':
        if (typeof inner?.at === 'number') inner.at += 1
        break
      case '{':
        open.push({ names: new Set(), at: '' })
        break
      case '[':
        open.push({ names: undefined, at: 0 })
        break
      case '}':
      case ']':
        open.pop()
        break
      case ' ':
        break
      default: {
        numbers.lastIndex = index
        const [number] = numbers.exec(text) ?? []
        if (number === undefined) break
        index += number.length - 1
        if (valueOf(number) !== valueOf(String(Number(number)))) {
          report('inexact-number', 'the number cannot be forwarded exactly; send it as a string')
        }
      }
    }
  }
}

const numbers = /-?\d[\d.eE+-]*/y

/** Normalises the notation of a number. Minus zero differs from zero, because JSON.stringify drops its sign. */
function valueOf(number: string): string {
  const [, sign = '', whole = '', fraction = '', power] = /^(-?)(\d+)\.?(\d*)e?(.*)$/i.exec(number) ?? []
  const [zeros = '', digits] = /^0*(\d*[1-9])?/.exec(whole + fraction) ?? []
  return digits === undefined
    ? `${sign}0`
    : `${sign}${digits}e${whole.length - zeros.length + digits.length + Number(power)}`
}
