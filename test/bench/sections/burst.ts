import { setTimeout as sleep } from 'node:timers/promises'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { accountId, credentials } from '../../../local/aws/account.ts'
import { aCallbackOf } from '../../fakes/world.ts'
import { type Bench, exactly, type Findings, number, type Table } from '../findings.ts'
import { pinSelf } from '../measuring/cores.ts'
import { createCaller } from '../measuring/http-load.ts'
import { newOrder } from '../measuring/orders.ts'
import { at } from '../measuring/sampling.ts'
import { type StackProcess, startStackProcess } from '../measuring/start-stack.ts'
import { modelled, withoutQueue, withQueue } from '../virtual-burst.ts'

const devices = { quick: 1_000, full: 10_000 }
const connections = 32
const patienceMs = { quick: 90_000, full: 420_000 }

/**
 * Sends all callbacks of one bulk request to the callback endpoint at once, and checks that each is in the request's
 * counts.
 */
export async function run({ mode, folder, say }: Bench): Promise<Findings> {
  pinSelf('stage')
  const stack = await startStackProcess('gateway', folder)
  const caller = createCaller(connections)
  const queue = watchQueue(stack)
  const deadline = performance.now() + patienceMs[mode]
  const waitFor = async (what: string, isSo: () => Promise<boolean>) => {
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error(`timed out waiting: ${what}`)
      await sleep(200)
    }
  }
  try {
    const count = devices[mode]
    const order = await caller.call({
      ...authorised(stack, '/v1/devices/profile/actions/download_enable'),
      method: 'POST',
      body: newOrder(count, '9016'),
    })
    const { requestId } = JSON.parse(order.text) as { requestId: string }
    say(`${number(count)} devices are ordered`)
    const expected = Math.ceil(count / 100)
    await waitFor('sending on', async () => (await stack.accepted()).length >= expected)
    say(`${expected} submissions are accepted`)
    const { callbackUser: username, callbackPassword: password } = stack
    const bodies = (await stack.accepted()).flatMap((accepted) =>
      accepted.devices.map((device) =>
        JSON.stringify(aCallbackOf(accepted.upstreamRequestId, device, 'succeeded', { username, password })),
      ),
    )
    const begun = performance.now()
    const answers = await caller.press(() => {
      const body = bodies.pop()
      if (body === undefined) return undefined
      return { url: stack.callbackUrl, method: 'POST', headers: { 'content-type': 'application/json' }, body }
    })
    const sentSeconds = (performance.now() - begun) / 1000
    say(`${number(answers.length)} callbacks sent in ${number(sentSeconds)} s`)
    await waitFor('working off the queue', async () => (await queue.length()) === 0)
    const drainedSeconds = (performance.now() - begun) / 1000
    say(`the queue is empty after ${number(drainedSeconds)} s`)
    let succeeded = 0
    await waitFor('computed', async () => {
      const { text } = await caller.call({ ...authorised(stack, `/v1/requests/${requestId}`), method: 'GET' })
      const view = JSON.parse(text) as { devices: { succeeded: number }; final: boolean }
      succeeded = view.devices.succeeded
      return view.final
    })
    const summarisedSeconds = (performance.now() - begun) / 1000
    const refused = answers.filter(({ status }) => status !== 200).length
    const times = answers.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b)
    return {
      method: [
        `One request of ${number(count)} devices is ordered on the local stack; the simulated ThingSpace sends no callbacks, and the bench sends a callback for each device through the stack's callback endpoint, over ${connections} connections, as fast as they are answered. A callback counts as kept if the API shows its device as succeeded. The stack runs on one core: its rates are not those of AWS.`,
        `Whether a burst is lost depends on time and limits that a fast machine hides, so the endpoint without a queue is simulated in virtual time: ${modelled.cold} ms for a cold start, ${modelled.call} ms for a call, ${modelled.batch} ms for a batch of ${modelled.batchSize} (assumed from published figures), a limited number of environments, and a message without a free environment is refused. ThingSpace was observed to repeat such a message once or never.`,
      ],
      tables: [
        {
          title: 'Through the callback endpoint of the local stack',
          head: [
            'Callbacks',
            'Refused',
            'Lost',
            'Sent in, s',
            'a second',
            'p50 ms',
            'p99 ms',
            'Queue empty, s',
            'Final, s',
          ],
          rows: [
            [
              number(answers.length),
              number(refused),
              number(count - succeeded),
              number(sentSeconds),
              number(answers.length / sentSeconds),
              number(at(times, 0.5)),
              number(at(times, 0.99)),
              number(drainedSeconds),
              number(summarisedSeconds),
            ],
          ],
        },
        virtualTable(),
      ],
      targets: [exactly(`callbacks lost of ${number(count)}`, 0, count - succeeded + refused)],
      plots: [],
    }
  } finally {
    queue.stop()
    caller.close()
    await stack.stop()
  }
}

const authorised = (stack: StackProcess, path: string) => ({
  url: `${stack.apiUrl}${path}`,
  headers: { authorization: `Bearer ${stack.token}`, 'content-type': 'application/json' },
})

/** Messages that are not processed yet. */
function watchQueue({ queuesEndpoint: endpoint }: StackProcess) {
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials })
  const QueueUrl = `${endpoint}/${accountId}/CallbacksQueue`
  return {
    async length(): Promise<number> {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      )
      const counts = [Attributes.ApproximateNumberOfMessages, Attributes.ApproximateNumberOfMessagesNotVisible]
      return counts.reduce((sum, count) => sum + Number(count ?? 0), 0)
    },
    stop: () => client.destroy(),
  }
}

function virtualTable(): Table {
  const messages = 10_000
  const rows = [1, 10].flatMap((overSeconds) => [
    ...[20].map((environments) => {
      const { lost, drainSeconds, answeredWithinMs } = withQueue({ messages, overSeconds, environments })
      return [`with the queue, ${environments} environments`, overSeconds, lost, lost, drainSeconds, answeredWithinMs]
    }),
    ...[20, 100, 1000].map((environments) => {
      const burst = { messages, overSeconds, environments }
      const once = withoutQueue(burst, false)
      const twice = withoutQueue(burst, true)
      return [
        `without, ${number(environments)} environments`,
        overSeconds,
        once.lost,
        twice.lost,
        twice.drainSeconds,
        once.answeredWithinMs,
      ]
    }),
  ])
  return {
    title: `${number(messages)} callbacks in virtual time`,
    head: [
      'Endpoint',
      'Sent within, s',
      'Lost, never repeated',
      'Lost, repeated once',
      'All done after, s',
      'Slowest answer, ms',
    ],
    rows: rows.map(([endpoint = '', ...values]) => [endpoint, ...values.map((value) => number(Number(value)))]),
  }
}
