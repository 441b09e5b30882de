/** Timers that can all be dropped together, so that stopping or resetting leaves nothing running. */
export const createTimers = () => {
  const running = new Map<NodeJS.Timeout, () => void>()

  /** Runs something later; `dropped` is called instead when the timers are cleared first. */
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
    /** Resolves `true` after the time, or `false` at once when the timers are cleared. */
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
