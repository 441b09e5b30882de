import { type Identifier, type IdentifierKind, normaliseId, readKind } from '../../profile/order/identifiers.ts'
import { type Branch, isBranch, listAt, textAt } from './tree.ts'

/** Longest accepted identifier, in characters. Identifiers become parts of keys, which have limited lengths. */
const longest = 64

/** Members that name a device, in any part of a message: lists, and identifiers that belong to a device itself. */
const listMembers = ['deviceids', 'deviceid', 'device', 'devices', 'deviceidentifiercollection']
const namingMembers: readonly string[] = [...listMembers, 'eid', 'imei', 'meid', 'esn']

/** Whether a message names a device, even in a form that this reader does not understand. */
export const namesDevice = (branches: readonly Branch[]): boolean =>
  branches.some((branch) => namingMembers.some((name) => name in branch))

export type MergedIdentifiers = { identifiers: Identifier[]; note?: string }

/**
 * Merges the identifiers of a device: the outer ones first, then inner ones of other kinds. If the outer and the inner
 * EID differ, as in a documented example, the outer one is kept and a note says so. Unknown kinds are ignored.
 */
export function mergeIdentifiers(root: Branch, profile: Branch | undefined): MergedIdentifiers {
  const merged = new Map<IdentifierKind, Identifier>()
  let innerEid: string | undefined
  for (const identifier of [...identifiersAt(root, 'deviceids'), ...identifiersAt(root, 'device')]) {
    if (!merged.has(identifier.kind)) merged.set(identifier.kind, identifier)
  }
  for (const identifier of identifiersAt(profile, 'deviceidentifiercollection')) {
    if (identifier.kind === 'eid') innerEid ??= identifier.id
    if (!merged.has(identifier.kind)) merged.set(identifier.kind, identifier)
  }
  const identifiers = [...merged.values()]
  return innerEid !== undefined && merged.get('eid')?.id !== innerEid
    ? { identifiers, note: 'the message names two EIDs; the outer one is kept' }
    : { identifiers }
}

function identifiersAt(branch: Branch | undefined, name: string): Identifier[] {
  const identifiers: Identifier[] = []
  for (const tree of listAt(branch, name)) {
    if (!isBranch(tree)) continue
    const kind = readKind(textAt(tree, 'kind') ?? '')
    const id = textAt(tree, 'id') ?? textAt(tree, 'identifier')
    if (kind !== undefined && id !== undefined && id.length <= longest)
      identifiers.push({ kind, id: normaliseId(kind, id) })
  }
  return identifiers
}
