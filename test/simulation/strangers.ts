import { account } from '../builders.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'

const otherAccount = '0000777777-00007'

/** Has others call back too: about what they did themselves, in the portal or with systems of their own. */
export function strangersCall(world: World): void {
  const { scenario, scheduler } = world
  scenario.strangers?.forEach(({ at, card, profile, kinds, say, accountName = account }, index) => {
    const message = { action: 'enable', accountName, upstreamRequestId: `stranger-${index}`, say, kinds }
    scheduler.after(at, () => world.callBack({ ...message, subject: { card, profile } }))
  })
  const first = scenario.requests[0]
  const later = askedLater(scenario)
  for (let index = 0; index < (scenario.foreign ?? 0); index += 1) {
    // Another account's card of the same name, a stranger on our account, and our own card before we asked.
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

/** A card that we ask for later and, until then, have nothing to do with; with an earlier doubt it could be taken for ours. */
function askedLater({ requests }: Scenario): number | undefined {
  const late = requests.findLast(({ at, accountName }) => at > 1000 && accountName === undefined)
  if (late === undefined) return undefined
  const card = late.firstDevice + late.devices - 1
  const others = requests.filter((request) => request !== late)
  return others.some(({ firstDevice, devices }) => card >= firstDevice && card < firstDevice + devices)
    ? undefined
    : card
}
