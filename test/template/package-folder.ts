import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder that exists as long as the whole run. The first test that needs the package writes it there. */
    packageFolder: string
  }
}

/** Provides the folder that all files of a run share for the package, and removes it when the run ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'package-'))
  project.provide('packageFolder', folder)
  return () => rm(folder, { recursive: true, force: true })
}
