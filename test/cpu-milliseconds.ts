/**
 * The processor time of some synchronous work, in milliseconds. Unlike the time on a clock it does not grow with what
 * else the machine does.
 */
export function cpuMilliseconds(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}
