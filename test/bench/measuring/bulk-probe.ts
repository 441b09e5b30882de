/**
 * The program of one bulk order: loads a bundle, takes small orders until it is warm, then the order, and tells what
 * that one took. Bundled before it is run.
 */
type Wanted = { file: string; small: object; order: object; context: object }

/** Small orders before the large one: the code is compiled then, and the heap has its ordinary size. */
const warmUps = 5

process.on('message', (message) => {
  const { file, small, order, context } = message as Wanted
  void (async () => {
    const { handler } = require(file) as { handler: (event: unknown, context: object) => Promise<unknown> }
    const remaining = { ...context, getRemainingTimeInMillis: () => 29_000 }
    for (let made = 0; made < warmUps; made += 1) await handler(small, remaining)
    const before = process.resourceUsage().maxRSS
    const cpu = process.cpuUsage()
    const begun = performance.now()
    const answer = (await handler(order, remaining)) as { statusCode: number }
    const milliseconds = performance.now() - begun
    const { user, system } = process.cpuUsage(cpu)
    process.send?.({
      status: answer.statusCode,
      milliseconds,
      processor: (user + system) / 1000,
      kilobytes: process.resourceUsage().maxRSS - before,
    })
  })()
})
process.on('disconnect', () => process.exit())
