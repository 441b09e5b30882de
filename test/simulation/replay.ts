import { shrink } from './explore.ts'
import { planText, readPlan } from './plan.ts'
import { runSchedule } from './run.ts'
import { scenarioOf } from './worlds.ts'

/** Runs one schedule and prints each of its effects. If the plan breaks an invariant, prints the shrunk plan. */
export async function replay(world: string, seed: number, plan: string): Promise<boolean> {
  const scenario = scenarioOf(world)
  let beginning: number | undefined
  const { violation, steps } = await runSchedule(
    { scenario, seed, plan: readPlan(plan) },
    {
      replay: true,
      onStep: ({ number, at, invocation, effect, fault }) => {
        beginning ??= at
        const time = ((at - beginning) / 1000).toFixed(3).padStart(10)
        console.log(
          `${String(number).padStart(5)} ${time}s  ${invocation.name.padEnd(18)} ${effect.label}${fault === undefined ? '' : `  <- ${fault}`}`,
        )
      },
    },
  )
  console.log(`${steps} effects`)
  if (violation === undefined) {
    console.log('every invariant holds')
    return true
  }
  console.log(`VIOLATION ${violation}`)
  console.log(
    `shrunk: --world '${world}' --seed ${seed} --plan '${planText(await shrink(scenario, seed, readPlan(plan)))}'`,
  )
  return false
}
