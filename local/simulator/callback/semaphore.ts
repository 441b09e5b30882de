/** A semaphore with a first-in, first-out queue. At most `places` callers are between `enter` and `leave`. */
export const createSemaphore = (places: number) => {
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
      // Remove finished entries in blocks, because shifting an array of ten thousand entries each time is slow.
      if (next >= 1_000) {
        waiting.splice(0, next)
        next = 0
      }
      first()
    },
  }
}
