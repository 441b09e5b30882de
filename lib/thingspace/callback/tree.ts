import { isRecord, parseJsonText } from './text.ts'
import { redactMember } from './redact.ts'
import { isSecretName } from '../secret-names.ts'
import { cutText } from '../cut-text.ts'

/**
 * A message with lower-case, sorted names, without credentials and delivery counters: what is left is its content, so
 * that reading it needs no thought about casing, and two deliveries of one message are equal. Members that say nothing
 * (null, an empty text, array or object) are left out: real senders have unused members side by side.
 */
export type Tree = string | number | boolean | null | readonly Tree[] | Branch
export type Branch = { readonly [name: string]: Tree }

type Planted = { kind: 'planted'; root: Branch } | { kind: 'ambiguous' }

const counters: ReadonlySet<string> = new Set(['callbackcount', 'maxcallbackthreshold'])

/**
 * Plants the tree. Ambiguous is a message in which one object names a member twice, in whatever casing, or a prototype:
 * two readers of it might see two messages. `members` is the number its text has.
 */
export function plantTree(message: Readonly<Record<string, unknown>>, members: number): Planted {
  const count = { members: 0, isAmbiguous: false }
  const root = branchOf(message, count)
  return count.isAmbiguous || count.members !== members ? { kind: 'ambiguous' } : { kind: 'planted', root }
}

type Count = { members: number; isAmbiguous: boolean }

function branchOf(value: Readonly<Record<string, unknown>>, count: Count): Branch {
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => [name.toLowerCase(), member])
  entries.sort(([one], [other]) => (one < other ? -1 : 1))
  count.members += entries.length
  const branch: Record<string, Tree> = {}
  let before: string | undefined
  for (const [name, member] of entries) {
    if (name === before || name === '__proto__') count.isAmbiguous = true
    before = name
    const tree = treeOf(member, count)
    const isContent = !isSecretName(name) && !counters.has(name) && name !== '__proto__'
    if (isContent && !saysNothing(tree)) branch[name] = tree
  }
  return branch
}

function treeOf(value: unknown, count: Count): Tree {
  if (typeof value === 'string') return treeOfText(value, count)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((element: unknown) => treeOf(element, count))
  return isRecord(value) ? branchOf(value, count) : null
}

/** A member that was encoded as a JSON text of its own says what is in it: a warning in it must not be missed. */
function treeOfText(text: string, count: Count): Tree {
  const nested = text.includes('{') ? parseJsonText(text) : undefined
  if (nested?.kind !== 'parsed') return redactMember(text)
  const planted = plantTree(nested.message, nested.members)
  if (planted.kind === 'planted') return planted.root
  count.isAmbiguous = true
  return null
}

function saysNothing(tree: Tree): boolean {
  if (typeof tree === 'string') return tree.trim() === ''
  if (isList(tree)) return tree.length === 0
  return tree === null || (isBranch(tree) && Object.keys(tree).length === 0)
}

/** The object of that name; the tables call objects arrays, so an array of one is its element. */
export function branchAt(branch: Branch | undefined, name: string): Branch | undefined {
  const tree = branch?.[name]
  const only = isList(tree) && tree.length === 1 ? tree[0] : tree
  return isBranch(only) ? only : undefined
}

/** The elements of an array, or the one object that stands where an array should. */
export function listAt(branch: Branch | undefined, name: string): readonly Tree[] {
  const tree = branch?.[name]
  if (isList(tree)) return tree
  return isBranch(tree) ? [tree] : []
}

/** The object and all objects within it, the outer ones first. */
export function branchesIn(tree: Tree, found: Branch[] = []): readonly Branch[] {
  if (isBranch(tree)) found.push(tree)
  if (typeof tree !== 'object' || tree === null) return found
  for (const inner of Object.values<Tree>(tree)) if (typeof inner === 'object') branchesIn(inner, found)
  return found
}

const longestText = 1_000

/** A text or number as text; `undefined` when it is absent, empty or something else. */
export function textAt(branch: Branch | undefined, name: string): string | undefined {
  const tree = branch?.[name]
  if (typeof tree === 'number') return String(tree)
  if (typeof tree !== 'string') return undefined
  const unescaped = unescapeTwice(tree)
  const text = (unescaped === tree ? tree : redactMember(unescaped)).trim()
  return text === '' ? undefined : cutText(text, longestText)
}

/** Undoes a second escaping: base64's `=` has been seen to arrive as the six characters backslash, u, 0, 0, 3, d. */
export const unescapeTwice = (text: string): string =>
  text.includes('\\u')
    ? text
        .replaceAll(/\\u([\da-f]{4})/gi, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
        .toWellFormed()
    : text

export const isList = (tree: Tree | undefined): tree is readonly Tree[] => Array.isArray(tree)
export const isBranch = (tree: Tree | undefined): tree is Branch =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree)
