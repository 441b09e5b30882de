import { type Identifier, type IdentifierKind, normaliseId, readKind } from '../../profile/order/identifiers.ts'
import { type Branch, isBranch, listAt, textAt } from './tree.ts'

/** An identifier becomes part of a key of ours, so what is longer than any real one is not taken for one. */
const longest = 64

/** The members that name devices, wherever they stand: lists, or identifiers that no network gives to a line. */
const listMembers = ['deviceids', 'deviceid', 'device', 'devices', 'deviceidentifiercollection']
const namingMembers: readonly string[] = [...listMembers, 'eid', 'imei', 'meid', 'esn']

/** Whether a message names a device at all, in a way that is understood or not. */
export const namesDevice = (branches: readonly Branch[]): boolean =>
  branches.some((branch) => namingMembers.some((name) => name in branch))

export type MergedIdentifiers = { identifiers: Identifier[]; note?: string }

/**
 * The device's identifiers: the outer ones first, then those of the inner collection whose kind is not there yet.
 * The outer EID stands when the two differ, as they do in a documented example; unknown kinds are in `raw` only.
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
