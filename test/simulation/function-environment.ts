import { testEnvironment } from '../function-environment.ts'

/**
 * Sets the variables that the functions' files read when they are imported. Import this module before them. What they
 * build from the variables is never used, because the simulation calls `createHandler` with its own world.
 */
for (const [name, value] of Object.entries(testEnvironment)) process.env[name] ??= value
