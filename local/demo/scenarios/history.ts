import { HistoryPage } from '../answers.ts'
import type { Scenario } from '../scenario.ts'
import { expectEqual } from '../unmet.ts'
import { deviceLine, shortIds } from '../wording.ts'
import { disableExample } from './documented.ts'

/** The actions, in the order in which they are submitted. */
const actions = ['disable', 'enable', 'delete']

/** Several requests for one device, which its history lists with their results. */
export const history: Scenario = {
  name: 'the history of one device',
  shows: 'every request that named it, newest first, with its result',
  play: async (stage) => {
    const asked: string[] = []
    for (const action of actions) asked.unshift((await stage.order(action, disableExample)).requestId)
    const path = `/v1/devices/iccid/89148000000840784259/requests?limit=${actions.length}`
    const { items } = await stage.followAnswer({
      path,
      what: 'all of them final',
      schema: HistoryPage,
      until: (page) => page.items.every(({ request }) => request.final),
    })
    for (const { request, device } of items) {
      const { requestId, action, status } = request
      stage.say(shortIds(`  ${requestId} ${action} ${status}: ${device === null ? 'no device' : deviceLine(device)}`))
    }
    expectEqual(
      'the requests of the device',
      items.map(({ request, device }) => [request.requestId, request.action, request.status, device?.status]),
      asked.map((requestId, at) => [requestId, actions.toReversed()[at], 'succeeded', 'succeeded']),
    )
  },
}
