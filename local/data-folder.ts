import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from './start-error.ts'

/** A folder that one stack has for itself until it closes it. */
export type DataFolder = { path: string; close: () => void }

const temporaryName = /^thingspace-profile-gateway-(\d+)-\w{6}$/

/** Opens the folder that `LOCAL_DATA` names. Its content stays when the stack ends. */
export function keptFolder(folder: string): DataFolder {
  const path = resolve(folder)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const unlock = lock(path)
  if (unlock === undefined) {
    throw new StartError(`The data folder ${path} is in use by another stack: stop that stack, or set LOCAL_DATA.`)
  }
  return { path, close: unlock }
}

/** Makes a folder for one run and removes those that killed stacks have left behind. */
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
 * A folder is left over if its process is gone and nobody holds its lock. The lock also protects the folders of
 * containers that share the parent folder but not the process numbers.
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

/** Takes the folder's lock, which the system releases when the process ends. Answers how to release it earlier. */
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
