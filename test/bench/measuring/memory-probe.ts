import '../../simulation/function-environment.ts'

/** The program of one memory sample: how much the process grows while it takes one order. Run with `--expose-gc`. */
const [, , devices = '1', what = 'order'] = process.argv
const { localBody, submitEvent, context } = await import('../../builders.ts')
const { createWorld } = await import('../../fakes/world.ts')

const world = createWorld()
// The code itself is not measured.
await world.order('download_enable', localBody(1))
const body = JSON.stringify(localBody(Number(devices)))
const event = submitEvent('download_enable', body)
globalThis.gc?.()
globalThis.gc?.()
const before = process.memoryUsage.rss()
const peakBefore = process.resourceUsage().maxRSS * 1024
// The control: the minimum that any implementation needs.
const parsed: unknown[] = []
if (what === 'parse') parsed.push(JSON.parse(body), JSON.parse(body))
else {
  const { statusCode } = await world.handlers.submit(event, context)
  if (statusCode !== 202) throw new Error(`the order was answered ${statusCode}`)
}
const after = process.memoryUsage.rss()
const peak = process.resourceUsage().maxRSS * 1024
// An earlier peak is irrelevant.
process.send?.({
  grown: (peak > peakBefore ? Math.max(peak, after) : after) - before,
  body: Buffer.byteLength(body),
  kept: parsed.length,
})
process.disconnect?.()
