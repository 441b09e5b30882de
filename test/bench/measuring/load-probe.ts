/** The program of one sample: loads a bundle, answers one event and reports the time. Bundled before it runs. */
type Wanted = { file: string; event: unknown; context: object }

process.on('message', (message) => {
  const { file, event, context } = message as Wanted
  void (async () => {
    const before = process.cpuUsage()
    const begun = performance.now()
    const { handler } = require(file) as { handler: (event: unknown, context: object) => Promise<unknown> }
    const loaded = performance.now()
    await handler(event, { ...context, getRemainingTimeInMillis: () => 29_000 })
    const milliseconds = performance.now() - begun
    const { user, system } = process.cpuUsage(before)
    process.send?.({
      milliseconds,
      loading: loaded - begun,
      processor: (user + system) / 1000,
      megabytes: process.memoryUsage.rss() / 2 ** 20,
    })
  })()
})
process.on('disconnect', () => process.exit())
