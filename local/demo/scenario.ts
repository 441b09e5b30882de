import type { Stage } from './stage.ts'

/** One scenario of the demo. `play` throws if the result is not as expected. */
export type Scenario = {
  name: string
  /** What the scenario shows, for the table at the end. */
  shows: string
  play: (stage: Stage) => Promise<void>
  /** Starts slow work before the first scenario is played. */
  prepare?: (stage: Stage) => Promise<void>
}

export type Outcome = { scenario: Scenario; seconds: number; failure: readonly string[] | undefined }
