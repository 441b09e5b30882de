import { type Findings, isRecord, step } from './body-faults.ts'

const maximumDepth = 8
const maximumMemberBytes = 8 * 1024
const maximumBytes = 16 * 1024
const maximumMembers = 50

/**
 * Checks that all members besides `devices`, known or not, can be stored and forwarded unchanged: well-formed text, and
 * within the limits of size, number and depth. Returns whether they can. Numbers are checked in lib/http while the body
 * is parsed, because a parsed number has already lost its exact text.
 */
export function checkValues(members: Readonly<Record<string, unknown>>, faults: Findings): boolean {
  const earlier = faults.count
  const names = Object.keys(members)
  if (names.length > maximumMembers) {
    const [first = ''] = names.slice(maximumMembers)
    faults.add(step(first), 'too-many-members', `at most ${maximumMembers} members are allowed besides devices`)
    return false
  }
  let size = 0
  for (const [name, value] of Object.entries(members)) {
    if (!isName(name, '', faults) || !isStorable(value, { pointer: step(name), depth: 1 }, faults)) continue
    const bytes = bytesOf(JSON.stringify(value)) + bytesOf(name)
    size += bytes
    if (bytes > maximumMemberBytes) {
      faults.add(step(name), 'too-large', `a member has at most ${maximumMemberBytes} bytes; this one has ${bytes}`)
    } else if (size > maximumBytes && size - bytes <= maximumBytes) {
      faults.add(step(name), 'too-large', `all members besides devices have at most ${maximumBytes} bytes together`)
    }
  }
  return faults.count === earlier
}

/** The console runs this check too, and browsers have no Buffer. */
const bytesOf = (text: string): number => new TextEncoder().encode(text).length

function isStorable(value: unknown, { pointer, depth }: { pointer: string; depth: number }, faults: Findings): boolean {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return true
    faults.add(pointer, 'malformed-text', 'the string holds half of a surrogate pair; send well-formed Unicode')
    return false
  }
  if (!isRecord(value) && !Array.isArray(value)) return true
  if (depth > maximumDepth) {
    faults.add(pointer, 'too-deep', `a member has at most ${maximumDepth} levels of objects and arrays`)
    return false
  }
  // Stop at the first fault, so that a huge value is not traversed to its end.
  return Object.entries(value).every(
    ([name, inner]) =>
      isName(name, pointer, faults) && isStorable(inner, { pointer: pointer + step(name), depth: depth + 1 }, faults),
  )
}

function isName(name: string, pointer: string, faults: Findings): boolean {
  if (name !== '__proto__' && name.isWellFormed() && /^\P{Cc}+$/u.test(name)) return true
  faults.add(pointer + step(name), 'unknown-member', 'a member cannot have this name')
  return false
}
