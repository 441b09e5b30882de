import type { FlowControl } from '../../lib/profile/flow-control/flow-control.ts'

/** Never limits calls, for tests about many failures that have nothing to do with limits. */
export const unlimited: FlowControl = {
  ask: async () => ({ kind: 'go', isProbe: false, note: () => undefined, release: async () => undefined }),
}
