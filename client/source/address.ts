type Value = string | number | boolean | readonly (string | number)[] | null | undefined

/** Puts parameters into a path. Throws a TypeError if one of the path is missing. */
export function addressOf(
  path: string,
  parameters: { path?: object | undefined; query?: object | undefined } = {},
): string {
  const inPath = new Map(Object.entries(parameters.path ?? {}))
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value: unknown = inPath.get(name)
    if (typeof value !== 'string' || value === '') throw new TypeError(`the path ${path} needs ${name}`)
    return encodeURIComponent(value)
  })
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries<Value>({ ...parameters.query }))
    if (value !== undefined && value !== null) query.set(name, Array.isArray(value) ? value.join(',') : String(value))
  return query.size === 0 ? filled : `${filled}?${query}`
}
