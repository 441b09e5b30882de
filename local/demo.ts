import './require-node.mjs'
import { play } from './demo/play.ts'
import { scenarios } from './demo/scenarios.ts'
import { processEnvironment } from './process-environment.ts'
import { StartError } from './start-error.ts'

/** Entry point of `npm run demo`. Plays every scenario on a local stack and exits with 0 only if all were as expected. */
let stopping = false
try {
  const asExpected = await play({
    environment: processEnvironment(),
    scenarios,
    print: (line) => {
      // Do not print the failure of a scenario that Ctrl-C interrupts.
      if (!stopping) console.log(line)
    },
    started: (stack) => {
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
// Do not let open handles keep the process alive.
setTimeout(() => process.exit(), 2_000).unref()
