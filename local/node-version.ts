import { StartError } from './start-error.ts'

/** The functions run on the deployed major; an older one fails later and less clearly. */
export function requireNode(version: string): void {
  const major = Number(version.split('.')[0])
  if (major >= 24) return
  throw new StartError(
    `The local stack needs Node 24, and this is Node ${version}: start it by "npm start", which brings its own.`,
  )
}
