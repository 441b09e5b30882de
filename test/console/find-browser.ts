import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from '../../deploy/esbuild-options.ts'
import packageJson from '../../package.json' with { type: 'json' }

/** How to start a browser. */
export type Browser = { executablePath: string; environment: Record<string, string> }

const installed = [
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * Finds a browser for the tests: the one that CONSOLE_BROWSER names, the one that npm installs (Linux x64), or an installed
 * one. Undefined: the tests are skipped.
 */
export async function findBrowser(): Promise<Browser | undefined> {
  const named = process.env['CONSOLE_BROWSER']
  if (named !== undefined) return { executablePath: named, environment: {} }
  if (process.platform === 'linux' && process.arch === 'x64') return unpackedBrowser()
  const executablePath = installed.find(existsSync)
  return executablePath === undefined ? undefined : { executablePath, environment: {} }
}

/** Unpacks the browser of `@sparticuz/chromium` once per version, with the libraries that a bare machine lacks. */
async function unpackedBrowser(): Promise<Browser> {
  const version = packageJson.devDependencies['@sparticuz/chromium']
  const folder = join(tmpdir(), `profile-gateway-chromium-${version}`)
  if (!existsSync(folder)) {
    const draft = await mkdtemp(join(tmpdir(), 'profile-gateway-chromium-'))
    // The package unpacks into the temporary folder, so it runs with one of its own.
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'unpack-browser.ts')], {
      cwd: projectRoot,
      env: { ...process.env, TMPDIR: draft },
    })
    await writeFile(join(draft, 'fonts', 'fonts.conf'), fontsOf(folder))
    // Another process may have been faster.
    await rename(draft, folder).catch(() => rm(draft, { recursive: true }))
  }
  return {
    executablePath: join(folder, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
      HOME: folder,
    },
  }
}

/** The package's own list names folders of Lambda only. A browser without any font ends at the first form. */
const fontsOf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts', 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts', 'cache')}</cachedir>
</fontconfig>
`
