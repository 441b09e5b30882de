import * as z from 'zod/mini'

const SignInSettings = z.object({
  issuer: z.string(),
  clientId: z.string(),
  scopes: z.string(),
  parameters: z.record(z.string(), z.string()),
})
export type SignInSettings = z.infer<typeof SignInSettings>

/** The address of the API, which is also that of the page without its last part. It ends with a slash. */
export const apiBase = new URL('./', `${location.origin}${location.pathname}`).href

/** Reads how the deployment lets people sign in. Throws if it cannot be read. */
export async function readSettings(): Promise<SignInSettings> {
  const response = await fetch(`${apiBase}console/config.json`)
  if (!response.ok) throw new Error(`the gateway answered ${response.status}`)
  return SignInSettings.parse(await response.json())
}
