import { computed, signal } from '@preact/signals'
import * as z from 'zod/mini'
import { waitForSignIn } from './again.ts'
import { completeSignIn, type PendingSignIn, prepareSignIn, type SignedIn } from './oidc.ts'
import { readSettings, type SignInSettings } from './settings.ts'
import { claimsOf, type TokenClaims } from './token-claims.ts'

/** A person who signed in. The token is in this object only: never in storage, an address or the page. */
type Access = TokenClaims & { token: string; name: string; expiresAt: number }

export type Session =
  | { kind: 'starting' }
  | { kind: 'unavailable'; why: string }
  | { kind: 'signed-out'; why?: string }
  /** `ended`: the token has expired. The page stays as it is until the person has signed in again. */
  | { kind: 'signed-in'; access: Access; ended: boolean }

export const session = signal<Session>({ kind: 'starting' })

export const access = computed(() => (session.value.kind === 'signed-in' ? session.value.access : undefined))

/** Whether the token has a scope. An opaque token does not tell, so the gateway's answer decides. */
export const may = (scope: string): boolean => {
  const scopes = access.value?.scopes ?? []
  return scopes.length === 0 || scopes.includes(scope)
}

let settings: SignInSettings | undefined
let endTimer: number | undefined

/** What is kept during the first sign-in, which leaves the page. */
const pendingKey = 'console.sign-in'
const Pending = z.object({ verifier: z.string(), state: z.string(), nonce: z.string(), hash: z.string() })

/** Reads the settings, and completes a sign-in if this page is the issuer's answer to one. */
export async function startSession(): Promise<void> {
  try {
    settings = await readSettings()
  } catch {
    session.value = { kind: 'unavailable', why: 'The settings of the sign-in could not be read.' }
    return
  }
  if (settings.clientId === '') {
    session.value = {
      kind: 'unavailable',
      why: 'This deployment has no client for the console. Set the parameter consoleClientId (docs/console.md).',
    }
    return
  }
  const answer = new URLSearchParams(location.search)
  const kept = sessionStorage.getItem(pendingKey)
  sessionStorage.removeItem(pendingKey)
  if (!answer.has('state')) {
    session.value = { kind: 'signed-out' }
    return
  }
  const pending = kept === null ? undefined : Pending.safeParse(JSON.parse(kept)).data
  history.replaceState(null, '', `${location.pathname}${pending?.hash ?? ''}`)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
  if (pending === undefined) {
    session.value = { kind: 'signed-out', why: 'The sign-in was started in another window. Please sign in here.' }
    return
  }
  await complete(settings, answer, pending)
}

async function complete(own: SignInSettings, answer: URLSearchParams, pending: PendingSignIn): Promise<void> {
  try {
    enter(await completeSignIn(own, answer, pending))
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    const why = `The issuer did not let you in (${reason}).`
    if (session.value.kind !== 'signed-in') session.value = { kind: 'signed-out', why }
  }
}

function enter({ token, expiresInSeconds, name }: SignedIn): void {
  const claims = claimsOf(token)
  const expiresAt = Date.now() + expiresInSeconds * 1000
  const entered = { ...claims, token, expiresAt, name: name ?? claims.subject ?? 'signed in' }
  session.value = { kind: 'signed-in', access: entered, ended: false }
  window.clearTimeout(endTimer)
  // A longer delay than this would overflow and fire at once.
  endTimer = window.setTimeout(endSession, Math.min(expiresInSeconds * 1000, 2 ** 31 - 1))
}

/** Notes that the token is no longer accepted. Nothing that is shown or typed is lost. */
export function endSession(): void {
  if (session.value.kind === 'signed-in') session.value = { ...session.value, ended: true }
}

/** Leaves for the issuer's sign-in page. */
export async function signIn(): Promise<void> {
  if (settings === undefined) return
  try {
    const { address, pending } = await prepareSignIn(settings, 'first')
    sessionStorage.setItem(pendingKey, JSON.stringify({ ...pending, hash: location.hash }))
    location.assign(address)
  } catch {
    session.value = { kind: 'signed-out', why: 'The issuer cannot be reached. Try again in a moment.' }
  }
}

/** Signs in again in a small window, so that this page keeps what was typed. Call it from a click. */
export async function signInAgain(): Promise<void> {
  if (settings === undefined) return
  const own = settings
  // A browser lets a page open a window only during the click itself.
  const opened = window.open('about:blank', '_blank', 'popup,width=480,height=640')
  const { address, pending } = await prepareSignIn(own, 'again')
  if (opened === null) {
    sessionStorage.setItem(pendingKey, JSON.stringify({ ...pending, hash: location.hash }))
    location.assign(address)
    return
  }
  const answer = waitForSignIn(pending.state)
  opened.location.replace(address)
  await complete(own, await answer, pending)
}

/** Forgets the token. */
export function signOut(): void {
  window.clearTimeout(endTimer)
  session.value = { kind: 'signed-out', why: 'You have signed out here. The issuer may still know you.' }
}
