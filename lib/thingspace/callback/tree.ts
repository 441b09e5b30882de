import { isRecord, parseJsonText } from './text.ts'
import { redactMember } from './redact.ts'
import { isSecretName } from '../secret-names.ts'
import { cutText } from '../cut-text.ts'

/**
 * The content of a message: names in lower case and sorted, without credentials and delivery counters. Readers can
 * ignore casing, and two deliveries of one message have equal trees. Empty members (null, an empty text, array or
 * object) are left out, because real messages have unused members beside the used ones.
 */
export type Tree = string | number | boolean | null | readonly Tree[] | Branch
export type Branch = { readonly [name: string]: Tree }

type Planted = { kind: 'planted'; root: Branch } | { kind: 'ambiguous' }

const counters: ReadonlySet<string> = new Set(['callbackcount', 'maxcallbackthreshold'])

/**
 * Builds the tree of a message. A message is ambiguous if an object has two members of one name in any casing, or a
 * member `__proto__`: two readers might understand it differently. `members` is the number of members in its text.
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
    if (isContent && !isEmpty(tree)) branch[name] = tree
  }
  return branch
}

function treeOf(value: unknown, count: Count): Tree {
  if (typeof value === 'string') return treeOfText(value, count)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map((element: unknown) => treeOf(element, count))
  return isRecord(value) ? branchOf(value, count) : null
}

/** Parses a member that is itself JSON text, so that a warning inside it is not missed. */
function treeOfText(text: string, count: Count): Tree {
  const nested = text.includes('{') ? parseJsonText(text) : undefined
  if (nested?.kind !== 'parsed') return redactMember(text)
  const planted = plantTree(nested.message, nested.members)
  if (planted.kind === 'planted') return planted.root
  count.isAmbiguous = true
  return null
}

function isEmpty(tree: Tree): boolean {
  if (typeof tree === 'string') return tree.trim() === ''
  if (isList(tree)) return tree.length === 0
  return tree === null || (isBranch(tree) && Object.keys(tree).length === 0)
}

/**
 * The object of that name. An array of one object counts as the object, because ThingSpace's tables call objects
 * arrays.
 */
export function branchAt(branch: Branch | undefined, name: string): Branch | undefined {
  const tree = branch?.[name]
  const only = isList(tree) && tree.length === 1 ? tree[0] : tree
  return isBranch(only) ? only : undefined
}

/** The elements of the array of that name. A single object counts as an array of one. */
export function listAt(branch: Branch | undefined, name: string): readonly Tree[] {
  const tree = branch?.[name]
  if (isList(tree)) return tree
  return isBranch(tree) ? [tree] : []
}

/** Lists an object and all objects within it, the outer ones first. */
export function branchesIn(tree: Tree, found: Branch[] = []): readonly Branch[] {
  if (isBranch(tree)) found.push(tree)
  if (typeof tree !== 'object' || tree === null) return found
  for (const inner of Object.values<Tree>(tree)) if (typeof inner === 'object') branchesIn(inner, found)
  return found
}

const longestText = 1_000

/**
 * The text or number of that name, as text of at most 1,000 characters. `undefined` if it is absent, empty or another
 * type.
 */
export function textAt(branch: Branch | undefined, name: string): string | undefined {
  const tree = branch?.[name]
  if (typeof tree === 'number') return String(tree)
  if (typeof tree !== 'string') return undefined
  const unescaped = unescapeTwice(tree)
  const text = (unescaped === tree ? tree : redactMember(unescaped)).trim()
  return text === '' ? undefined : cutText(text, longestText)
}

/** Undoes double escaping. For example, the `=` of Base64 has arrived as the six characters `\u003d`. */
export const unescapeTwice = (text: string): string =>
  text.includes('\\u')
    ? text
        .replaceAll(/\\u([\da-f]{4})/gi, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
        .toWellFormed()
    : text

export const isList = (tree: Tree | undefined): tree is readonly Tree[] => Array.isArray(tree)
export const isBranch = (tree: Tree | undefined): tree is Branch =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree)
