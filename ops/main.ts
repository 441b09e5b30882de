import { runOps } from './run-ops.ts'

/** Entry point of `npm run ops -- <command>`, the command line for operators of a running gateway. */
process.exitCode = await runOps(process.argv.slice(2))
