import type { inspectListeners } from '../../lib/profile/listener/inspect-listener.ts'
import type { keepListeners } from '../../lib/profile/listener/keep-listener.ts'

/** The callback registrations at ThingSpace, as operators see them. */
export type Listeners = {
  inspect: (accountName: string) => ReturnType<typeof inspectListeners>
  repair: (accounts: readonly string[], options: { takeOver: boolean; by: string }) => ReturnType<typeof keepListeners>
  /** Masks the secret segment of our own URL. Of any other URL it shows only the origin. */
  shownUrl: (url: string) => string
}
