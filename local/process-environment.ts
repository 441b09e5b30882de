/** The environment variables of this process. Only this file of the local stack reads or changes `process.env`. */
export const processEnvironment = (): Readonly<Record<string, string | undefined>> => process.env

/** Sets environment variables and returns a function that restores their previous values. `undefined` removes one. */
export function setEnvironment(variables: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  const set = (entries: Iterable<readonly [string, string | undefined]>) => {
    for (const [name, value] of entries) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }
  set(Object.entries(variables))
  return () => set(before)
}
