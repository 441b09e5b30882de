import type { Design } from './naive.ts'
import type { Plan } from './plan.ts'
import { type RunResult, runOut } from './run.ts'
import type { Scenario } from './scenario.ts'
import type { Step } from './scheduler.ts'
import { World } from './world.ts'

/** A moment of one schedule at which nothing was under way: after so many effects, and the way back there. */
export type Rest = { steps: number; back: () => void }

/** A schedule that was run: what came of it, its effects since the rest it began from, and its own rests. */
export type Leg = RunResult & { effects: Step[]; rests: Rest[] }

/**
 * One world and seed for all its schedules. Two schedules whose plans begin with the same faults are the same up to the
 * next fault; so each goes on from the last rest of the one that it shares its beginning with, instead of from the start.
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
    // The naive designs remember answers in their processes, which cannot be taken back.
    this.#keepsRests = design === 'gateway'
  }

  /** Runs a plan from a rest that lies before its last fault, of a schedule with the same faults before that. */
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
