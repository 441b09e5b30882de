/** Lets at most so many through at once, first come first served. */
export const createGate = (places: number) => {
  let free = places
  const waiting: Array<() => void> = []
  let next = 0

  return {
    enter: (): Promise<void> =>
      new Promise((resolve) => {
        if (free > 0) {
          free -= 1
          resolve()
        } else waiting.push(resolve)
      }),
    leave: (): void => {
      const first = waiting[next]
      if (first === undefined) {
        free += 1
        return
      }
      next += 1
      // Dropped in blocks: shifting an array of ten thousand for each message is slow.
      if (next >= 1_000) {
        waiting.splice(0, next)
        next = 0
      }
      first()
    },
  }
}
