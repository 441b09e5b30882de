/** The outcomes of a command and their exit codes. */
export const outcomes = {
  done: 0,
  /** Some or all of the work failed, or the command found a problem. Standard error has the reason. */
  failed: 1,
  /** The command line is not valid, or the gateway could not be reached. Nothing was done. */
  usage: 2,
  /** The request or message does not exist, or nothing matches the filter. */
  nothing: 3,
  /** The operator did not confirm. Nothing was done. */
  declined: 4,
  /** Stopped by Ctrl-C. Running the same command again continues. */
  stopped: 130,
} as const
export type Outcome = keyof typeof outcomes

/** An error in the command line or the choice of gateway. `runOps` prints its message without a stack trace. */
export class UsageError extends Error {
  override name = 'UsageError'
}
