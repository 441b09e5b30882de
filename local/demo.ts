import './require-node.mjs'
import { play } from './demo/play.ts'
import { scenarios } from './demo/scenarios.ts'
import { StartError } from './start-error.ts'

/** `npm run demo`: plays every scenario against the whole system on this machine. Exits 0 only if all went as expected. */
let stopping = false
try {
  const asExpected = await play({
    environment: process.env,
    scenarios,
    print: (line) => {
      // A scenario that loses its stack in the middle has nothing to say.
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
// Whatever would still hold the process has nothing more to do.
setTimeout(() => process.exit(), 2_000).unref()
