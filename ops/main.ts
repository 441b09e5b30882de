import { runOps } from './run-ops.ts'

/** `npm run ops -- <command>`: what people do to a running gateway. */
process.exitCode = await runOps(process.argv.slice(2))
