import { account } from '../builders.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'

const otherAccount = '0000777777-00007'

/** Other systems send callbacks about their own actions, from the portal or elsewhere. */
export function strangersCall(world: World): void {
  const { scenario, scheduler } = world
  scenario.strangers?.forEach(({ at, card, profile, kinds, say, accountName = account }, index) => {
    const message = { action: 'enable', accountName, upstreamRequestId: `stranger-${index}`, say, kinds }
    scheduler.after(at, () => world.callBack({ ...message, subject: { card, profile } }))
  })
  const first = scenario.requests[0]
  const later = askedLater(scenario)
  for (let index = 0; index < (scenario.foreign ?? 0); index += 1) {
    // A card of the same name on another account, another system on our account, and our own card before we ordered
    // it.
    const messages = [
      { accountName: otherAccount, card: first?.firstDevice ?? 1, after: 2000 + index * 700 },
      { accountName: account, card: 900 + index, after: 500 },
      ...(later === undefined ? [] : [{ accountName: account, card: later, after: 100 + index }]),
    ]
    for (const { accountName, card, after } of messages) {
      const message = { action: 'enable', accountName, say: 'success' } as const
      const upstreamRequestId = `foreign-${accountName}-${index}`
      scheduler.after(after, () => world.callBack({ ...message, upstreamRequestId, subject: { card, profile: 0 } }))
    }
  }
}

/**
 * A card that we order later and have nothing to do with until then. With an earlier unknown attempt, it could be
 * mistaken for ours.
 */
function askedLater({ requests }: Scenario): number | undefined {
  const late = requests.findLast(({ at, accountName }) => at > 1000 && accountName === undefined)
  if (late === undefined) return undefined
  const card = late.firstDevice + late.devices - 1
  const others = requests.filter((request) => request !== late)
  return others.some(({ firstDevice, devices }) => card >= firstDevice && card < firstDevice + devices)
    ? undefined
    : card
}
