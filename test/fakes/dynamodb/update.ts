import { addDecimal } from './decimal.ts'
import { validation } from './errors.ts'
import type { Term, Update } from './expression.ts'
import { type PathTree, type ResolvedPath, pathTree } from './path-tree.ts'
import { type Scope, lookUp, resolve } from './scope.ts'
import { type Item, type Value, elementKey, isMap, typeOf } from './values.ts'

type Elements = Set<string | number | Uint8Array>

/** The paths that an update writes. Refuses overlapping ones and those of the key. */
export function pathsTouched(update: Update, scope: Scope, isKey: (name: string) => boolean): PathTree {
  const targets = [...update.set, ...update.add, ...update.delete].map(({ path }) => path)
  const touched = pathTree(
    'UpdateExpression',
    [...targets, ...update.remove].map((path) => resolve(path, scope)),
  )
  for (const name of touched.keys()) {
    if (isKey(String(name))) {
      throw validation(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      )
    }
  }
  return touched
}

/** The item after an update. The old item is not changed. */
export function applyUpdate(update: Update, item: Item, scope: Scope): Item {
  // Everything is read from the old item first, so `SET a = b, b = a` swaps.
  const writes: [ResolvedPath, Value][] = []
  const removals: ResolvedPath[] = []
  for (const { path, term } of update.set) writes.push([resolve(path, scope), evaluate(term, item, scope)])
  for (const path of update.remove) removals.push(resolve(path, scope))
  for (const { path, value } of update.add) {
    writes.push([resolve(path, scope), sum(lookUp(path, item, scope), scope.values[value]!)])
  }
  for (const { path, value } of update.delete) {
    const target = resolve(path, scope)
    const rest = difference(lookUp(path, item, scope), scope.values[value] as Elements)
    if (rest !== undefined && rest.size > 0) writes.push([target, rest])
    else removals.push(target)
  }

  const result = { ...item }
  // Ascending for writes, so that indexes beyond the end append in order. Descending for removals, so that none moves
  // another.
  for (const [path, value] of writes.length > 1 ? writes.toSorted(([a], [b]) => order(a, b)) : writes) {
    write(parentOf(path, result), path.at(-1)!, value)
  }
  for (const path of removals.toSorted((a, b) => order(b, a))) erase(parentOf(path, result), path.at(-1)!)
  // V8 reads an object slowly after properties were added or removed one by one. A spread avoids that.
  return writes.length > 8 || removals.length > 0 ? { ...result } : result
}

function evaluate(term: Term, item: Item, scope: Scope): Value {
  switch (term.type) {
    case 'value':
      return scope.values[term.name]!
    case 'path': {
      const value = lookUp(term.path, item, scope)
      if (value !== undefined) return value
      throw validation('The provided expression refers to an attribute that does not exist in the item')
    }
    case 'if_not_exists': {
      // `??` would be wrong here, because a stored NULL exists.
      const value = lookUp(term.path, item, scope)
      return value === undefined ? evaluate(term.otherwise, item, scope) : value
    }
    case 'list_append': {
      const first = evaluate(term.first, item, scope)
      const second = evaluate(term.second, item, scope)
      if (!Array.isArray(first) || !Array.isArray(second)) throw wrongType()
      return [...first, ...second]
    }
    case 'plus':
    case 'minus': {
      const left = evaluate(term.left, item, scope)
      const right = evaluate(term.right, item, scope)
      if (typeof left !== 'number' || typeof right !== 'number') throw wrongType()
      return addDecimal(left, term.type === 'plus' ? right : -right)
    }
  }
}

/** ADD: numbers are added, sets are united, and a missing attribute starts with the operand. */
function sum(current: Value | undefined, operand: Value): Value {
  if (current === undefined) return operand
  if (typeOf(current) !== typeOf(operand)) throw wrongType()
  if (typeof operand === 'number') return addDecimal(current as number, operand)
  const united = new Map([...(current as Elements), ...(operand as Elements)].map((each) => [elementKey(each), each]))
  return new Set(united.values())
}

function difference(current: Value | undefined, operand: Elements): Elements | undefined {
  if (current === undefined) return undefined
  if (!(current instanceof Set) || typeOf(current) !== typeOf(operand)) throw wrongType()
  const removed = new Set([...operand].map(elementKey))
  return new Set([...current].filter((element) => !removed.has(elementKey(element))))
}

/** Walks to the container of a path's end, and replaces each container on the way by a copy. */
function parentOf(path: ResolvedPath, root: Item): Item | Value[] {
  let parent: Item | Value[] = root
  for (let depth = 0; depth < path.length - 1; depth++) {
    const segment = path[depth]!
    const child: Value | undefined =
      typeof segment === 'number' ? elementOf(parent, segment) : memberOf(parent, segment)
    if (!Array.isArray(child) && !isMap(child)) throw invalidPath()
    const copy: Item | Value[] = Array.isArray(child) ? [...child] : { ...child }
    write(parent, segment, copy)
    parent = copy
  }
  return parent
}

const elementOf = (parent: Item | Value[], index: number) => (Array.isArray(parent) ? parent[index] : undefined)
const memberOf = (parent: Item | Value[], name: string) => (Array.isArray(parent) ? undefined : parent[name])

function write(parent: Item | Value[], segment: string | number, value: Value): void {
  if (Array.isArray(parent) && typeof segment === 'number') parent[Math.min(segment, parent.length)] = value
  else if (!Array.isArray(parent) && typeof segment === 'string') parent[segment] = value
  else throw invalidPath()
}

function erase(parent: Item | Value[], segment: string | number): void {
  if (Array.isArray(parent) && typeof segment === 'number') parent.splice(segment, 1)
  else if (!Array.isArray(parent) && typeof segment === 'string') delete parent[segment]
  else throw invalidPath()
}

function order(a: ResolvedPath, b: ResolvedPath): number {
  for (let depth = 0; depth < Math.min(a.length, b.length); depth++) {
    const x = a[depth]!
    const y = b[depth]!
    if (x === y) continue
    if (typeof x === 'number' && typeof y === 'number') return x - y
    return String(x) < String(y) ? -1 : 1
  }
  return a.length - b.length
}

const wrongType = () => validation('An operand in the update expression has an incorrect data type')
const invalidPath = () => validation('The document path provided in the update expression is invalid for update')
