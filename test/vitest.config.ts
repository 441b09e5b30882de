import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { testEnvironment } from './function-environment.ts'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/template/package-folder.ts'],
    reporters: ['default', './test/closing-line-reporter.ts'],
    // Vitest leaves one core idle, which doubles the time of the suite on a machine with two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: testEnvironment,
    // Only npm run coverage measures it: it doubles the time of the tests.
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      include: ['functions/**/*.ts', 'lib/**/*.ts'],
      reporter: [['text', { skipFull: true }], 'text-summary'],
      thresholds: { lines: 95, branches: 90 },
    },
  },
})
