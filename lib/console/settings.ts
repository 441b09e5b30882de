/** How the console signs in. The deployment's parameters set it. */
export type ConsoleSettings = {
  /** The OpenID Connect issuer. */
  issuer: string
  /** The public client of the console at the issuer. Empty: the console shows that nobody can sign in. */
  clientId: string
  /** The scopes to ask for, separated by blanks. */
  scopes: string
  /** Origins beside the issuer's at which the issuer has endpoints. */
  issuerOrigins: readonly string[]
  /** Further parameters of the authorization request, such as `audience`. */
  parameters: Readonly<Record<string, string>>
}

/** What the page may know. None of it is secret: a browser sends all of it to the issuer. */
export const publicSettings = ({ issuer, clientId, scopes, parameters }: ConsoleSettings) => ({
  issuer,
  clientId,
  scopes,
  parameters,
})
