import type { Stage } from './stage.ts'

/** One story with an end that can be checked. `play` throws when it did not end as it must. */
export type Scenario = {
  name: string
  /** What it has shown when it went as expected, for the table at the end. */
  shows: string
  play: (stage: Stage) => Promise<void>
  /** Begins, before the first scenario is played, what needs its time. */
  prepare?: (stage: Stage) => Promise<void>
}

export type Outcome = { scenario: Scenario; seconds: number; failure: readonly string[] | undefined }
