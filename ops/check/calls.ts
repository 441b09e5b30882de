import { inspectFlow } from '../../lib/profile/flow-control/inspect-flow.ts'
import { type Finding, ok, warn } from './finding.ts'
import type { CheckSources } from './sources.ts'

/** Whether the calls with a credential set are held. A lower limit alone is no reason to act. */
export async function callsFinding(
  set: string,
  { flows }: Pick<CheckSources, 'flows'>,
  command: (words: string) => string,
): Promise<Finding> {
  const { state, limit, most, pause, failures } = await inspectFlow(set, flows().dependencies)
  const name = `calls ${set}`
  switch (state) {
    case 'not-limited':
      return ok(name, 'calls are not limited')
    case 'limited':
      return ok(
        name,
        `ThingSpace had trouble, so ${limit} of ${most} calls are made at once; the limit rises with successes`,
      )
    case 'paused':
      return warn(
        name,
        `ThingSpace asked to wait${pause === undefined ? '' : ` until ${new Date(pause.until).toISOString()}`}; orders are held`,
        `wait, or if Verizon says that calls are taken again: ${command(`flow resume ${set}`)}`,
      )
    case 'stopped':
      return warn(
        name,
        `all calls failed, the last ${failures} in a row; orders are held until ThingSpace answers a probe`,
        `see "calls stopped" in docs/operations.md; ${command('flow')} shows whether they go on`,
      )
  }
}
