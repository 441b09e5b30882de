/** The outcomes of an operator command (`npm run ops`) and their exit codes. */
export const outcomes = {
  done: 0,
  /** Some or all of the work failed, or the command found a problem. Standard error or the answer has the reason. */
  failed: 1,
  /**
   * The command line is not valid, for instance because `retry` or `cancel` names a request that does not exist, or the
   * stage or local stack could not be reached. Nothing was done.
   */
  usage: 2,
  /** What the command would show or change does not exist: nothing has this name, matches the filter, or needs work. */
  nothing: 3,
  /** The operator did not confirm. Nothing was done. */
  declined: 4,
  /** Stopped by Ctrl-C. Running the same command again continues. */
  stopped: 130,
} as const
export type Outcome = keyof typeof outcomes

/** An error in the command line or the choice of gateway. `runOps` prints its message and returns `outcomes.usage`. */
export class UsageError extends Error {
  override name = 'UsageError'
}
