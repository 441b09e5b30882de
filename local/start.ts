import { requireNode } from './node-version.ts'
import { StartError } from './start-error.ts'

/** `npm start`: the whole system on this machine, until Ctrl-C. */
try {
  requireNode(process.versions.node)
  // Imported only now: an older Node could not even read these files.
  const { run } = await import('./run.ts')
  await run()
} catch (error) {
  console.error(error instanceof StartError ? error.message : error)
  process.exit(1)
}
