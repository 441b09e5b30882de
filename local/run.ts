import { relative } from 'node:path'
import { removeConnection, writeConnection } from './connection-file.ts'
import { firstCalls } from './first-calls.ts'
import { readSettings, strayVariables } from './settings.ts'
import { startStack } from './stack.ts'
import { createTracePrinter } from './trace.ts'

/** Starts the stack, says how to use it, and stops it in order when told to. */
export async function run(): Promise<void> {
  const started = performance.now()
  const settings = readSettings(process.env)
  for (const name of strayVariables(process.env)) console.error(`Note: ${name} is no setting of the local stack.`)

  const { trace, flush } = createTracePrinter((text) => console.log(text))
  const stack = await startStack(settings, { trace })
  // A function that leaves a promise behind would end its environment on Lambda, and here everything else with it.
  process.on('unhandledRejection', (reason) => console.error('A promise was rejected and nobody looked:', reason))
  let stoppingSince: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        // One Ctrl-C arrives twice: from the terminal, and passed on by npm.
        if (Date.now() - stoppingSince > 500) process.exit(130)
        return
      }
      stoppingSince = Date.now()
      flush()
      console.log('\nStopping (Ctrl-C again to stop at once).')
      removeConnection(settings.connectionFile)
      void stack.stop().then(() => process.exit(0))
    })
  }

  writeConnection(settings.connectionFile, stack.connection)
  const accountName = settings.accounts[0] ?? '0000123456-00001'
  console.log(firstCalls(stack, { token: await stack.tokenFor(), accountName }))
  console.log(
    `Ready after ${((performance.now() - started) / 1000).toFixed(1)} s on ${stack.dynamoDb.engine}. ` +
      `What the functions log is in ${relative('.', stack.functionLog)}. Ctrl-C stops everything.\n`,
  )
}
