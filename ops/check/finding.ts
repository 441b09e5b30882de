/**
 * The result of one check. `unknown`: it could not be made, for instance because a permission is missing. `means` says
 * what was found. `mend` is what to do about it, a command where there is one.
 */
export type Finding = {
  name: string
  state: 'ok' | 'warn' | 'fail' | 'unknown'
  means: string
  mend?: string
}

export const ok = (name: string, means: string): Finding => ({ name, state: 'ok', means })
export const warn = (name: string, means: string, mend: string): Finding => ({ name, state: 'warn', means, mend })
export const fail = (name: string, means: string, mend: string): Finding => ({ name, state: 'fail', means, mend })
export const unknown = (name: string, means: string, mend?: string): Finding => ({
  name,
  state: 'unknown',
  means,
  ...(mend === undefined ? {} : { mend }),
})

/** Describes an error in a few words. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const inner = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}${inner}`.slice(0, 300)
}

/** Runs a check. If it throws, it could not be made, and its finding is `unknown` with the cause. */
export async function attempt(name: string, check: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    const found = await check()
    return Array.isArray(found) ? found : [found]
  } catch (error) {
    return [
      unknown(name, `could not be checked: ${causeOf(error)}`, 'compare your permissions with docs/operations-cli.md'),
    ]
  }
}
