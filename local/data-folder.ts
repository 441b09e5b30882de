import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from './start-error.ts'

/** A folder that one stack holds exclusively until it calls `close`. */
export type DataFolder = { path: string; close: () => void }

const temporaryName = /^thingspace-profile-gateway-(\d+)-\w{6}$/

/** Opens and locks the folder that `LOCAL_DATA` names, which persists. Throws `StartError` if another stack uses it. */
export function keptFolder(folder: string): DataFolder {
  const path = resolve(folder)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const unlock = lock(path)
  if (unlock === undefined) {
    throw new StartError(`The data folder ${path} is in use by another stack. Stop that stack, or set LOCAL_DATA.`)
  }
  return { path, close: unlock }
}

/** Creates a folder for one run, and removes folders that killed stacks have left behind. */
export function temporaryFolder(parent: string = tmpdir()): DataFolder {
  removeLeftovers(parent)
  const path = mkdtempSync(join(parent, `thingspace-profile-gateway-${process.pid}-`))
  const unlock = lock(path)
  return {
    path,
    close: () => {
      unlock?.()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/**
 * Removes folders whose process has ended and whose lock is free. The lock also protects the folders of containers that
 * share the parent folder but not the process ids.
 */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(temporaryName.exec(name)?.[1])
    if (Number.isNaN(pid) || isRunning(pid)) continue
    const path = join(parent, name)
    try {
      const unlock = lock(path)
      unlock?.()
      if (unlock !== undefined) rmSync(path, { recursive: true, force: true })
    } catch {
      // The folder belongs to another user, or another stack has just removed it.
    }
  }
}

/**
 * Takes the lock of a folder and returns how to release it, or undefined if another process holds it. The operating
 * system releases the lock when the process ends.
 */
function lock(path: string): (() => void) | undefined {
  const database = new DatabaseSync(join(path, 'lock.sqlite'))
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return () => database.close()
  } catch {
    database.close()
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
