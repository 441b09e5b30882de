/** A member name without casing, spaces, underscores, hyphens and dots, which people and code generators vary. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_.-]/g, '')

/** Longer names are not compared. All known names are shorter. */
const maximumLength = 40

/**
 * Finds the known name that an unknown one was probably meant to be. Casing and separators are ignored, and one or two
 * typing errors are allowed. A known name with a further word (`servicePlanId` for `servicePlan`) does not match.
 */
export function nearMiss(name: string, known: Iterable<string>): string | undefined {
  if (name.length > maximumLength) return undefined
  const written = plain(name)
  for (const candidate of known) {
    if (name.startsWith(candidate) && /^[A-Z][a-z]+/.test(name.slice(candidate.length))) continue
    const wanted = plain(candidate)
    if (written === wanted || typingErrors(written, wanted) <= allowedErrors(wanted.length)) return candidate
  }
  return undefined
}

const allowedErrors = (length: number): number => (length >= 7 ? 2 : length >= 5 ? 1 : 0)

/** Counts letters that are missing, added, replaced or swapped with a neighbour (optimal string alignment distance). */
function typingErrors(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = at(last, column - 1) + (one[row - 1] === other[column - 1] ? 0 : 1)
      const least = Math.min(replaced, at(last, column) + 1, at(current, column - 1) + 1)
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current.push(swapped ? Math.min(least, at(beforeLast, column - 2) + 1) : least)
    }
    beforeLast = last
    last = current
  }
  return at(last, other.length)
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY
