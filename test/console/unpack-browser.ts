import { fileURLToPath } from 'node:url'
import chromium, { inflate } from '@sparticuz/chromium'

// Unpacks the browser and its libraries into TMPDIR. find-browser.ts runs it as a process of its own.
chromium.setGraphicsMode = false
await chromium.executablePath()
await inflate(fileURLToPath(new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'))))
