import * as z from 'zod'

/** Adds a description to each parameter of a query. A parameter without a description is a compiler error. */
export function withWords<Shape extends Readonly<Record<string, z.core.$ZodType>>>(
  { shape }: { shape: Shape },
  words: Readonly<Record<keyof Shape & string, string>>,
): z.ZodObject<Record<string, z.core.$ZodType>> {
  const described: ReadonlyMap<string, string> = new Map(Object.entries(words))
  return z.object(
    Object.fromEntries(
      Object.entries(shape).map(([name, schema]) => {
        const copy = z.clone(schema)
        z.globalRegistry.add(copy, { description: described.get(name) ?? name })
        return [name, copy]
      }),
    ),
  )
}
