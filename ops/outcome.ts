/** What a command came to; also its exit code. */
export const outcomes = {
  done: 0,
  /** Some or all of it failed; standard error says what. */
  failed: 1,
  /** The command line was not understood, or the target could not be reached. Nothing was done. */
  usage: 2,
  /** No such thing, or nothing fits. */
  nothing: 3,
  /** Nobody confirmed it. Nothing was done. */
  declined: 4,
  /** Stopped by Ctrl-C; the same command goes on. */
  stopped: 130,
} as const
export type Outcome = keyof typeof outcomes

/** A fault of the command line or the target that one sentence explains; no stack is shown for it. */
export class UsageError extends Error {
  override name = 'UsageError'
}
