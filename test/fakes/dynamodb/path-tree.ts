import { validation } from './errors.ts'
import { type Item, type Value, isMap } from './values.ts'

type Segment = string | number
export type ResolvedPath = readonly Segment[]

/** The paths of one expression as a tree. `true` marks the end of a path. */
export type PathTree = Map<Segment, PathTree | true>

/** Builds the tree, and refuses paths that contain each other. */
export function pathTree(parameter: string, paths: readonly ResolvedPath[]): PathTree {
  const root: PathTree = new Map()
  for (const path of paths) {
    let node = root
    for (let depth = 0; depth < path.length; depth++) {
      const segment = path[depth]!
      const next = node.get(segment)
      const last = depth === path.length - 1
      if (next === true || (last && next !== undefined)) throw refuse(parameter, 'overlap', path)
      if (next === undefined && node.size > 0 && typeof firstKey(node) !== typeof segment) {
        throw refuse(parameter, 'conflict', path)
      }
      if (last) node.set(segment, true)
      else node = next ?? branch(node, segment)
    }
  }
  return root
}

/** The parts of an item that a tree names, or undefined if it has none of them. */
export function pick(tree: PathTree, item: Item): Item | undefined {
  const picked: Item = {}
  let found = false
  for (const [segment, below] of tree) {
    const value = item[String(segment)]
    const part = value === undefined || below === true ? value : pickValue(below, value)
    if (part === undefined) continue
    picked[String(segment)] = part
    found = true
  }
  return found ? picked : undefined
}

/** Elements of a list are compacted and keep their order. */
function pickValue(tree: PathTree, value: Value): Value | undefined {
  if (isMap(value)) return typeof firstKey(tree) === 'string' ? pick(tree, value) : undefined
  if (!Array.isArray(value)) return undefined
  const elements: Value[] = []
  const indexes = [...tree.keys()].filter((segment) => typeof segment === 'number').toSorted((a, b) => a - b)
  for (const index of indexes) {
    const below = tree.get(index)!
    const element = value[index]
    const part = element === undefined || below === true ? element : pickValue(below, element)
    if (part !== undefined) elements.push(part)
  }
  return elements.length > 0 ? elements : undefined
}

const firstKey = (tree: PathTree): Segment | undefined => tree.keys().next().value

function branch(node: PathTree, segment: Segment): PathTree {
  const next: PathTree = new Map()
  node.set(segment, next)
  return next
}

const refuse = (parameter: string, how: 'overlap' | 'conflict', path: ResolvedPath) =>
  validation(
    `Invalid ${parameter}: Two document paths ${how} with each other; must remove or rewrite one of these paths; path: [${path.join(', ')}]`,
  )
