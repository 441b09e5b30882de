import type { Design } from './naive.ts'
import type { Plan } from './plan.ts'
import { type RunResult, runOut } from './run.ts'
import type { Scenario } from './scenario.ts'
import type { Step } from './scheduler.ts'
import { World } from './world.ts'

/** A rest of one schedule: the number of effects before it, and the function that restores it. */
export type Rest = { steps: number; back: () => void }

/** A schedule that has run: its result, its effects since the rest it continued from, and its own rests. */
export type Leg = RunResult & { effects: Step[]; rests: Rest[] }

/**
 * Runs all schedules of one world and seed. Two schedules whose plans begin with the same faults are identical up to
 * the next fault. Each schedule therefore continues from the last rest that it shares with an earlier one.
 */
export class Course {
  readonly start: Rest
  readonly #world: World
  readonly #keepsRests: boolean
  #effects: Step[] = []

  constructor(scenario: Scenario, seed: number, design: Design) {
    this.#world = new World({
      scenario,
      seed,
      plan: new Map(),
      design,
      onStep: (step) => void this.#effects.push(step),
    })
    this.#world.begin()
    this.start = { steps: 0, back: this.#world.mark() }
    // The naive designs keep answers in process memory, which cannot be restored.
    this.#keepsRests = design === 'gateway'
  }

  /** Runs a plan from a rest before its last fault, of a schedule that has the same earlier faults. */
  async run(
    plan: Plan,
    from: Rest,
    { replay, rests: isKept = false }: { replay: boolean; rests?: boolean },
  ): Promise<Leg> {
    const { scheduler } = this.#world
    from.back()
    scheduler.plan = plan
    this.#effects = []
    const rests: Rest[] = [from]
    const keep = (): void => {
      if (rests.at(-1)?.steps !== scheduler.steps) rests.push({ steps: scheduler.steps, back: this.#world.mark() })
    }
    scheduler.atRest = this.#keepsRests && isKept ? keep : undefined
    const result = await runOut(this.#world, replay)
    return { ...result, effects: this.#effects, rests }
  }
}

/** The last rest before an effect. */
export const restBefore = ({ rests }: Leg, step: Step): Rest => rests.findLast(({ steps }) => steps < step.number)!
