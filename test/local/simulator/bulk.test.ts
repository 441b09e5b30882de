import { expect, test } from 'vitest'
import { device, globalBody, startBench } from './bench.ts'

test('the simulator accepts ten thousand devices in one request and sends one callback for each', async () => {
  const bench = await startBench({ times: { noAnswerMs: 20_000, abandonMs: 20_000 } })
  const devices = Array.from({ length: 10_000 }, () => device('0000', ['eid', 'iccid', 'imei']))
  const { json } = await bench.act('download', globalBody(devices))
  await bench.simulator.idle()

  const eids = new Set(
    bench.listener.bodies().map((body) => {
      expect(body.requestId).toBe(json.requestId)
      return body.deviceIds.find(({ kind }: { kind: string }) => kind === 'Eid').id
    }),
  )
  expect(bench.listener.received).toHaveLength(10_000)
  expect(eids.size).toBe(10_000)
  expect(process.memoryUsage().heapUsed).toBeLessThan(512 * 1024 * 1024)
  await bench.stop()
})
