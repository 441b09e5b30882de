import { type Findings, isRecord, step } from './body-faults.ts'

const deepest = 8
const longestMember = 8 * 1024
const longestMembers = 16 * 1024
const mostMembers = 50

/**
 * Refuses member values that could not be stored, or not forwarded as they came, whoever knows the member: text with
 * half a character, too much of anything. True if all can be stored. Numbers are judged where the text is still there.
 */
export function checkValues(members: Readonly<Record<string, unknown>>, faults: Findings): boolean {
  const earlier = faults.count
  const names = Object.keys(members)
  if (names.length > mostMembers) {
    const [first = ''] = names.slice(mostMembers)
    faults.add(step(first), 'too-many-members', `a body has at most ${mostMembers} members beside devices`)
    return false
  }
  let size = 0
  for (const [name, value] of Object.entries(members)) {
    if (!isName(name, '', faults) || !isStorable(value, step(name), 1, faults)) continue
    const bytes = Buffer.byteLength(JSON.stringify(value)) + Buffer.byteLength(name)
    size += bytes
    if (bytes > longestMember) {
      faults.add(step(name), 'too-large', `a member may have ${longestMember} bytes, this one has ${bytes}`)
    } else if (size > longestMembers && size - bytes <= longestMembers) {
      faults.add(step(name), 'too-large', `all members beside devices may have ${longestMembers} bytes together`)
    }
  }
  return faults.count === earlier
}

function isStorable(value: unknown, pointer: string, depth: number, faults: Findings): boolean {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return true
    faults.add(pointer, 'malformed-text', 'the text holds half of a surrogate pair; send well-formed Unicode')
    return false
  }
  if (!isRecord(value) && !Array.isArray(value)) return true
  if (depth > deepest) {
    faults.add(pointer, 'too-deep', `a member may hold ${deepest} levels of objects and arrays`)
    return false
  }
  // Stops at the first fault: what is too large is not walked through to the end.
  return Object.entries(value).every(
    ([name, inner]) => isName(name, pointer, faults) && isStorable(inner, pointer + step(name), depth + 1, faults),
  )
}

function isName(name: string, pointer: string, faults: Findings): boolean {
  if (name !== '__proto__' && name.isWellFormed() && /^\P{Cc}+$/u.test(name)) return true
  faults.add(pointer + step(name), 'unknown-member', 'no member can have this name')
  return false
}
