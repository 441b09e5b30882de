/**
 * How many sweeps work side by side under load. One starts each minute and works on its share of the shards for up to
 * this many minutes. Without load it ends after seconds, so this costs nothing.
 */
export const sweepsSideBySide = 4

const minute = 60_000

/** How many minutes before this sweep the last one began that has the shard in its share. 0: it is this sweep. */
function minutesSinceOwner(shard: number, beganAt: number): number {
  const behind = (Math.floor(beganAt / minute) - shard) % sweepsSideBySide
  return (behind + sweepsSideBySide) % sweepsSideBySide
}

/** Whether a shard is in the share of the sweep that began at this time (epoch milliseconds). */
export const isInShare = (shard: number, beganAt: number): boolean => minutesSinceOwner(shard, beganAt) === 0

/**
 * When the last sweep began that had the shard in its share. If more is due than one read lists, and the oldest item was
 * due then, that sweep is still working on the shard.
 */
export const ownerBeganAt = (shard: number, beganAt: number): number =>
  beganAt - minutesSinceOwner(shard, beganAt) * minute
