import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mode } from '../findings.ts'
import { type FirstEvent, firstEvents } from './first-events.ts'
import { type Stage, startStage } from './stage.ts'
import { bareBundle, deployedBundle, naiveBundle } from './variants.ts'

/** One bundle of one function with everything it needs to answer its first event. */
export type Subject = {
  name: string
  functionName: string
  file: string
  variables: Readonly<Record<string, string>>
  event: FirstEvent
}

/** Functions with a waiting caller. */
const keyFunctions: ReadonlySet<string> = new Set(['submit-profile-action', 'record-callbacks'])

export type Cast = { stage: Stage; subjects: readonly Subject[]; functionNames: readonly string[] }

/** Every function bundled as deployed and naively, and a bare handler twice. The second one is the A/A control. */
export async function prepareCast(folder: string, mode: Mode): Promise<Cast> {
  const bundles = join(folder, 'bundles')
  await mkdir(bundles, { recursive: true })
  const stage = await startStage(folder)
  const events = await firstEvents(stage)
  const functionNames = stage.functions
    .map(({ name }) => name)
    .filter((name) => mode === 'full' || keyFunctions.has(name))
  const bare = await bareBundle(bundles)
  const subjects: Subject[] = []
  for (const functionName of functionNames) {
    const event = events[functionName]
    if (event === undefined) throw new Error(`the bench has no first event for ${functionName}`)
    const variables = stage.variablesOf(functionName)
    const [deployed, naive] = await Promise.all([
      deployedBundle(functionName, bundles),
      naiveBundle(functionName, bundles),
    ])
    const shared = { functionName, variables, event }
    subjects.push(
      { ...shared, name: `${functionName} deployed`, file: deployed.file },
      { ...shared, name: `${functionName} naive`, file: naive.file },
    )
  }
  const [first] = subjects
  if (first === undefined) throw new Error('serverless.yml has no functions')
  const bareSubject = { ...first, functionName: 'bare', file: bare }
  return {
    stage,
    functionNames,
    subjects: [
      { ...bareSubject, name: 'bare handler' },
      ...subjects,
      { ...bareSubject, name: 'bare handler again (A/A)' },
    ],
  }
}
