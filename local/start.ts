import './require-node.mjs'
import { run } from './run.ts'
import { StartError } from './start-error.ts'

/** Entry point of `npm start`. Runs the whole system locally until Ctrl-C. */
try {
  await run()
} catch (error) {
  console.error(error instanceof StartError ? error.message : error)
  process.exit(1)
}
