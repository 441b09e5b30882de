import { IdentifierKind, identifierPattern } from '../../../lib/profile/order/identifiers.ts'

/** A device of the typed text, with its line for messages. `ids` is empty if the line cannot be read. */
export type DeviceLine = { line: number; ids: readonly { kind: string; id: string }[]; fault?: string }

/** Kinds by the form of their ids. A longer form is tried first, because digits alone do not always tell. */
const guessed: readonly IdentifierKind[] = ['eid', 'iccid', 'imei', 'msisdn', 'mdn', 'meid']

const kindOfName = (name: string): IdentifierKind | undefined => {
  const kind = IdentifierKind.safeParse(name.trim().toLowerCase())
  return kind.success ? kind.data : undefined
}

/** The kind that an id without a heading most likely has. */
const guessKind = (id: string): IdentifierKind | undefined => guessed.find((kind) => identifierPattern(kind).test(id))

/** Spreadsheets and people group digits, quote them, or put an apostrophe before them. */
const bare = (cell: string): string =>
  cell
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/^'/, '')
    .replaceAll(/[\s-]/g, '')

/**
 * Reads devices from pasted text or CSV: a device a line, cells separated by comma, semicolon or tab. The first line may
 * name the kinds of the columns; columns with another name are ignored. Without it, the form of each id tells its kind.
 */
export function readDeviceLines(text: string): DeviceLine[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const numbered = lines
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.trim() !== '')
  const [head] = numbered
  if (head === undefined) return []
  const separator = ['\t', ';', ','].find((each) => head.content.includes(each)) ?? ','
  const cellsOf = (content: string) => content.split(separator)
  const kinds = cellsOf(head.content).map((cell) => kindOfName(cell.replaceAll('"', '')))
  const hasHead = kinds.some((kind) => kind !== undefined)
  return numbered.slice(hasHead ? 1 : 0).map(({ content, line }) => {
    const cells = cellsOf(content).map(bare)
    return hasHead ? namedDevice(line, cells, kinds) : guessedDevice(line, cells)
  })
}

function namedDevice(
  line: number,
  cells: readonly string[],
  kinds: readonly (IdentifierKind | undefined)[],
): DeviceLine {
  const ids = cells.flatMap((id, column) => {
    const kind = kinds[column]
    return kind === undefined || id === '' ? [] : [{ kind, id }]
  })
  return ids.length === 0 ? { line, ids, fault: 'has no identifier in a named column' } : { line, ids }
}

function guessedDevice(line: number, cells: readonly string[]): DeviceLine {
  const ids: { kind: string; id: string }[] = []
  for (const id of cells.filter((cell) => cell !== '')) {
    const kind = guessKind(id)
    if (kind === undefined) return { line, ids: [], fault: `"${id.slice(0, 40)}" has the form of no identifier` }
    ids.push({ kind, id })
  }
  return { line, ids }
}
