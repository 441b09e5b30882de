/** Creates a group of timers that can be cleared together, so that a stop or reset leaves no timer running. */
export const createTimers = () => {
  const running = new Map<NodeJS.Timeout, () => void>()

  /** Calls `run` later, or `dropped` if the timers are cleared before. Returns how to cancel the timer. */
  const after = (ms: number, run: () => void, dropped: () => void = () => undefined): (() => void) => {
    const timer = setTimeout(() => {
      running.delete(timer)
      run()
    }, ms)
    running.set(timer, dropped)
    return () => {
      clearTimeout(timer)
      running.delete(timer)
    }
  }

  return {
    after,
    /** Resolves to true after the time, or to false as soon as the timers are cleared. */
    wait: (ms: number): Promise<boolean> =>
      new Promise((resolve) => {
        after(
          ms,
          () => resolve(true),
          () => resolve(false),
        )
      }),
    clear: (): void => {
      const dropped = [...running.entries()]
      running.clear()
      for (const [timer, drop] of dropped) {
        clearTimeout(timer)
        drop()
      }
    },
  }
}

export type Timers = ReturnType<typeof createTimers>
