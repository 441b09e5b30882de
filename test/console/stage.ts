import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, launch } from 'puppeteer-core'
import { buildConsole } from '../../deploy/build-console.ts'
import { readSettings } from '../../local/settings.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import type { Browser as Found } from './find-browser.ts'
import { openVisit, type Visit, type VisitOptions } from './visit.ts'

export const accountName = '0000123456-00001'
const otherAccount = '0000123456-00002'

/** A running gateway with a browser, for all tests of the console. */
export type Stage = {
  stack: Stack
  /** A new window with its own storage, in which nobody has signed in. */
  visit: (options?: VisitOptions) => Promise<Visit>
  /** Hosts that any window called, and what browsers complained about. */
  seen: { hosts: Set<string>; complaints: string[] }
  stop: () => Promise<void>
}

const settings = {
  LOCAL_PORT: '0',
  LOCAL_ISSUER_PORT: '0',
  LOCAL_SIMULATOR_PORT: '0',
  LOCAL_SIMULATOR_CONTROL_PORT: '0',
  LOCAL_ACCOUNTS: `${accountName},${otherAccount}`,
  LOCAL_SWEEP_EVERY_SECONDS: '1',
  LOCAL_SUMMARISE_EVERY_SECONDS: '1',
  LOCAL_LEASE_SECONDS: '24',
  LOCAL_GRACE_SECONDS: '3',
}

async function launchBrowser({ executablePath, environment }: Found): Promise<Browser> {
  return launch({
    executablePath,
    headless: 'shell',
    // The tests run as any user and in containers, where the sandbox of the browser does not start.
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    env: { ...process.env, ...environment },
    protocolTimeout: 60_000,
  })
}

/** Starts a stack with the console and a browser. */
export async function setStage(found: Found): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'console-'))
  const [, stack, browser] = await Promise.all([
    buildConsole(),
    startStack(readSettings({ ...settings, LOCAL_FUNCTION_LOG: join(folder, 'functions.log') })),
    launchBrowser(found),
  ])
  const seen: Stage['seen'] = { hosts: new Set(), complaints: [] }
  return {
    stack,
    seen,
    visit: (options) => openVisit({ browser, stack, seen }, options),
    stop: async () => {
      await browser.close()
      await stack.stop()
    },
  }
}
