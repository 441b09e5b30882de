import { spawn } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { until } from './bench.ts'

const start = (environment: Record<string, string>) => {
  const script = new URL('../../../local/simulator/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env['PATH'] ?? '', SIMULATOR_PORT: '0', SIMULATOR_CONTROL_PORT: '0', ...environment },
  })
  const printed = { out: '', error: '' }
  child.stdout.on('data', (chunk) => (printed.out += String(chunk)))
  child.stderr.on('data', (chunk) => (printed.error += String(chunk)))
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, printed, exit }
}

test('the standalone simulator prints its address and usage and stops cleanly on Ctrl-C', async () => {
  const { child, printed, exit } = start({ SIMULATOR_OAUTH_KEY: 'my-key', SIMULATOR_USERNAME: 'me' })
  await until(() => printed.out.includes('bad-days'))
  expect(printed.out).toContain('my-key : simulator-secret')
  expect(printed.out).toContain('9002  EXECUTED_WITHWARNING, later success')
  const base = /http:\/\/127\.0\.0\.1:\d+/.exec(printed.out)![0]
  expect((await fetch(`${base}/api/ts/v1/oauth2/token`, { method: 'POST' })).status).toBe(401)
  child.kill('SIGINT')
  expect(await exit).toBe(0)
  expect(printed.error).toBe('')
})

test('the standalone simulator reports a port in use in one sentence with exit code 1', async () => {
  const occupant = createServer()
  await new Promise<void>((resolve) => occupant.listen(0, '127.0.0.1', resolve))
  const { port } = occupant.address() as AddressInfo
  const { printed, exit } = start({ SIMULATOR_PORT: `${port}` })
  expect(await exit).toBe(1)
  expect(printed).toEqual({
    out: '',
    error: `ThingSpace simulator: port ${port} on 127.0.0.1 is already in use.\n`,
  })
  occupant.close()
})

test('the standalone simulator names an invalid variable', async () => {
  const { printed, exit } = start({ SIMULATOR_FINAL_DELAY_MS: 'soon' })
  expect(await exit).toBe(1)
  expect(printed.error).toContain('SIMULATOR_FINAL_DELAY_MS')
})
