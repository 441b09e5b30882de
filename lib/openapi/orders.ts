import * as z from 'zod'
import type { ActionName } from '../profile/order/action-names.ts'
import { actions, type BodyRule } from '../profile/order/actions.ts'
import { bodySchema } from '../profile/order/body-fields.ts'
import { Identifier, type IdentifierKind, identifierPattern } from '../profile/order/identifiers.ts'
import { maximumDevices } from '../profile/order/device-list.ts'
import { describedFields, exampleOrder } from './order-examples.ts'

const asName = (words: string): string => words.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())

const identifierOf = (kind: IdentifierKind) =>
  z
    .strictObject({ ...Identifier.shape, kind: z.literal(kind), id: z.string().regex(identifierPattern(kind)) })
    .meta({ id: `${asName(kind)}Identifier` })

/** One component for each kind, shared by all bodies. */
const identifiers = new Map(Identifier.shape.kind.options.map((kind) => [kind, identifierOf(kind)]))

function devicesOf({ kinds, requiredKinds }: BodyRule) {
  const identifier = z.union(kinds.flatMap((kind) => identifiers.get(kind) ?? []))
  const deviceIds = z
    .array(identifier)
    .min(Math.max(1, requiredKinds.length))
    .meta({
      description: 'At most one identifier of each kind. Kinds may have any casing.',
      ...(requiredKinds.length > 0 && {
        override: {
          allOf: requiredKinds.map((kind) => ({
            contains: { type: 'object', properties: { kind: { const: kind } }, required: ['kind'] },
          })),
        },
      }),
    })
  const several = z.array(z.strictObject({ deviceIds })).min(1).max(maximumDevices)
  const asSdksWrite = [z.array(z.strictObject({ ids: deviceIds })), z.array(deviceIds)].map((shape) =>
    shape.min(1).max(maximumDevices),
  )
  return z.union([several, ...asSdksWrite, deviceIds])
}

/** The body of one family of an action, from the catalogue (lib/profile/order/actions.ts). */
function orderOf(name: ActionName, rule: BodyRule) {
  return z
    .object({ ...bodySchema(describedFields(rule.fields)).shape, devices: devicesOf(rule) })
    .meta({ id: `${asName(name)}${asName(rule.family)}Order` })
}

export type OrderBody = { schema: z.ZodType; examples: Record<string, { summary: string; value: unknown }> }

/** The bodies of an action: one schema for all of its families, with an example of each. */
export function orderBody(name: ActionName): OrderBody {
  const { bodies } = actions[name]
  const [only, ...others] = bodies.map((rule) => orderOf(name, rule))
  if (only === undefined) throw new Error(`${name} has no body`)
  return {
    schema: others.length === 0 ? only : z.union([only, ...others]).meta({ id: `${asName(name)}Order` }),
    examples: Object.fromEntries(
      bodies.map((rule) => [
        `${name}-${rule.family}`,
        { summary: `${name}, ${rule.family} family`, value: exampleOrder(rule) },
      ]),
    ),
  }
}
