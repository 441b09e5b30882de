import './require-node.mjs'
import { parseArgs } from 'node:util'
import { buildConsole } from '../deploy/build-console.ts'
import { accounts } from './demo/accounts.ts'
import { play } from './demo/play.ts'
import { scenarios } from './demo/scenarios.ts'
import { processEnvironment } from './process-environment.ts'
import { StartError } from './start-error.ts'

/**
 * Entry point of `npm run demo`. Plays every scenario on a local stack and exits with 0 only if all were as expected. With
 * `--keep` the stack stays, with all that happened, until Ctrl-C.
 */
const { keep } = parseArgs({ options: { keep: { type: 'boolean', default: false } } }).values
let stopping = false
let consoleUrl: string | undefined
try {
  if (keep) await buildConsole()
  const asExpected = await play({
    environment: processEnvironment(),
    scenarios,
    keep,
    print: (line) => {
      // Do not print the failure of a scenario that Ctrl-C interrupts.
      if (!stopping) console.log(line)
    },
    started: (stack) => {
      consoleUrl = `${stack.apiUrl}/console`
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          stopping = true
          void stack.stop().then(() => process.exit(130))
        })
      }
    },
  })
  process.exitCode = asExpected ? 0 : 1
} catch (error) {
  console.error(error instanceof StartError ? error.message : error)
  process.exitCode = 1
}
if (keep && consoleUrl !== undefined) {
  console.log(`\nThe stack keeps running until Ctrl-C. Look at it in the console: ${consoleUrl}`)
  console.log(`Its accounts: ${Object.values(accounts).join(', ')}`)
} else {
  // Do not let open handles keep the process alive.
  setTimeout(() => process.exit(), 2_000).unref()
}
