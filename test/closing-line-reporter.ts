import type { Reporter, TestModule } from 'vitest/node'

/**
 * Prints why tests were skipped, for instance because a tool is not installed, and `N passed, N failed` as the last line,
 * as `.ci/run` requires.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    let passed = 0
    let failed = 0
    let skipped = 0
    const notChecked: string[] = []
    for (const module of modules) {
      // A file that cannot be loaded has no tests to count, and must not count as a pass.
      if (!module.ok() && module.errors().length > 0) failed += 1
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') passed += 1
        else if (result.state === 'failed') failed += 1
        else skipped += 1
        if (result.state === 'skipped' && result.note !== undefined) {
          notChecked.push(`NOT CHECKED: "${test.name}": ${result.note}\n`)
        }
      }
    }
    process.on('exit', () => {
      process.stdout.write(
        `\n${notChecked.join('')}${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
      )
    })
  }
}
