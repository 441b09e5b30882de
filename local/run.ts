import { relative } from 'node:path'
import { removeConnection, writeConnection } from './connection-file.ts'
import { buildConsole } from '../deploy/build-console.ts'
import { firstCalls } from './first-calls.ts'
import { processEnvironment } from './process-environment.ts'
import { readSettings, unknownVariables } from './settings.ts'
import { startStack } from './stack.ts'
import { createTracePrinter } from './trace.ts'

/** Starts the local stack, prints how to use it, and stops it on SIGINT or SIGTERM. A second Ctrl-C exits immediately. */
export async function run(): Promise<void> {
  const started = performance.now()
  const environment = processEnvironment()
  const settings = readSettings(environment)
  for (const name of unknownVariables(environment)) console.error(`Note: ${name} is not a setting of the local stack.`)

  const { trace, flush } = createTracePrinter((text) => console.log(text))
  await buildConsole()
  const stack = await startStack(settings, { trace })
  // An unhandled rejection ends the execution environment on Lambda. Here it must not end the whole stack.
  process.on('unhandledRejection', (reason) => console.error('Unhandled promise rejection in a function:', reason))
  let stoppingSince: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        // One Ctrl-C may arrive twice: from the terminal, and forwarded by npm.
        if (Date.now() - stoppingSince > 500) process.exit(130)
        return
      }
      stoppingSince = Date.now()
      flush()
      console.log('\nStopping. Press Ctrl-C again to exit immediately.')
      removeConnection(settings.connectionFile)
      void stack.stop().then(() => process.exit(0))
    })
  }

  writeConnection(settings.connectionFile, stack.connection)
  const accountName = settings.accounts[0] ?? '0000123456-00001'
  const token = await stack.tokenFor({ subject: 'app', scopes: ['profiles:read', 'profiles:write', 'profiles:manage'] })
  const operator = { subject: 'operator', scopes: ['profiles:read', 'profiles:manage', 'profiles:operate'] }
  console.log(firstCalls(stack, { token, operatorToken: await stack.tokenFor(operator), accountName }))
  console.log(
    `Ready after ${((performance.now() - started) / 1000).toFixed(1)} s on ${stack.dynamoDb.engine}. ` +
      `The functions log to ${relative('.', stack.functionLog)}. Press Ctrl-C to stop.\n`,
  )
}
