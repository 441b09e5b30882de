/**
 * Whether a message that is not shown to come from ThingSpace may be stored whole. Counts the messages received in the
 * same minute; `receivedAt` is in epoch milliseconds.
 */
export type Allowance = (receivedAt: number) => boolean

/**
 * Creates an allowance of `perMinute` messages. Each Lambda environment counts in memory, so it limits a flood of forged
 * callbacks but is not an exact count.
 */
export function createAllowance(perMinute: number): Allowance {
  let minute = 0
  let used = 0
  return (receivedAt) => {
    const now = Math.floor(receivedAt / 60_000)
    if (now !== minute) [minute, used] = [now, 0]
    used += 1
    return used <= perMinute
  }
}
