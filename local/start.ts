import './require-node.mjs'
import { run } from './run.ts'
import { StartError } from './start-error.ts'

/** `npm start`: the whole system on this machine, until Ctrl-C. */
try {
  await run()
} catch (error) {
  console.error(error instanceof StartError ? error.message : error)
  process.exit(1)
}
